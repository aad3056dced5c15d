import { describe, expect, it } from 'vitest';
import { samplePassword } from '../../prisma/seed.ts';
import { graphql } from '../generated/index.ts';
import { openGraphiql, signIn } from '../support/graphiql.ts';
import { askServer } from '../support/server-process.ts';
import { useSite } from '../support/site.ts';

const SignIn = graphql(`
  mutation GraphiqlSignIn($input: SignInInput!) {
    signIn(input: $input) {
      ... on AuthPayload { tokens { accessToken } }
    }
  }
`);

const EndSessions = graphql(`
  mutation GraphiqlEndSessions {
    signOut(everywhere: true) { __typename }
  }
`);

describe('GraphiQL', () => {
  const site = useSite();

  async function open() {
    const tab = await site.openTab();
    return { ...tab, graphiql: await openGraphiql(tab.page, site.url) };
  }

  async function accessTokenOf(email: string): Promise<string> {
    const input = { email, password: samplePassword };
    const { signIn: result } = await askServer(site.url, SignIn, { input });
    return (result && 'tokens' in result && result.tokens.accessToken) || '';
  }

  it('signs in by its first tab, and is somebody in the others from then on', async () => {
    const { complaints, graphiql } = await open();
    await graphiql.status.getByText('Not signed in').waitFor();
    await signIn(graphiql);
    await graphiql.choose('WhoAmI');
    await graphiql.press();
    await graphiql.answer.getByText('admin@example.com').waitFor();
    await graphiql.choose('ListUsers');
    await graphiql.press();
    await graphiql.answer.getByText('totalCount').waitFor();
    await graphiql.page.getByRole('button', { name: 'Forget it' }).click();
    await graphiql.press();
    await graphiql.answer.getByText('UNAUTHENTICATED').waitFor();
    await graphiql.status.getByText('Not signed in').waitFor();
    expect(complaints).toEqual([]);
  });

  it('is whom a tab names instead: somebody else, or nobody', async () => {
    const { graphiql } = await open();
    await signIn(graphiql);
    await graphiql.choose('WhoAmI');
    const token = await accessTokenOf('ada@example.com');
    await graphiql.writeHeaders(`{ "authorization": "Bearer ${token}"`);
    await graphiql.press();
    await graphiql.answer.getByText('ada@example.com').waitFor();
    await graphiql.writeHeaders('{ "Authorization": ""');
    await graphiql.press();
    await graphiql.answer.getByText('"me": null').waitFor();
  });

  it('forgets a token that does not hold any more', async () => {
    const { graphiql } = await open();
    await signIn(graphiql);
    const accessToken = await accessTokenOf('admin@example.com');
    await askServer(site.url, EndSessions, {}, accessToken);
    await graphiql.choose('WhoAmI');
    await graphiql.press();
    await graphiql.status.getByText('does not hold any more').waitFor();
    await graphiql.press();
    await graphiql.answer.getByText('"me": null').waitFor();
  });

  it('shows a change as it happens, until it is told to stop', async () => {
    const { page, complaints, graphiql } = await open();
    const id = await signIn(graphiql);
    await graphiql.choose('WatchUser');
    await graphiql.fillVariable(id);
    await graphiql.press();
    await graphiql.answer.getByText('StreamCaughtUp').waitFor();
    const { graphiql: second } = await open();
    await signIn(second);
    await second.choose('ChangeMyName');
    await second.press();
    await graphiql.answer.getByText('Another Name').waitFor();
    await graphiql.answer.getByText('"replayed": false').waitFor();
    const ended = page.waitForEvent('requestfailed');
    await graphiql.press();
    expect((await ended).failure()?.errorText).toBe('net::ERR_ABORTED');
    expect(complaints).toEqual([]);
  }, 60_000);
});
