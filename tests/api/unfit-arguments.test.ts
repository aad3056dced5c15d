import { describe, expect, it } from 'vitest';
import { type Person, signUp, signUpAdmin } from '../support/people.ts';
import { bodyOf, postGraphql } from '../support/raw-request.ts';
import { useTestApp } from '../support/test-app.ts';

describe('an argument that only turns out not to fit when the field runs', () => {
  const testApp = useTestApp();
  const askAs = async ({ accessToken }: Person, query: string, variables: object) =>
    bodyOf(
      await postGraphql(testApp, { query, variables }, { authorization: `Bearer ${accessToken}` }),
    );

  it('is the mistake of the client, and no fault in the log: BAD_USER_INPUT', async () => {
    const admin = await signUpAdmin(testApp);
    const { errors } = await askAs(
      admin,
      'query ($direction: OrderDirection) { users(orderBy: { by: EMAIL, direction: $direction }) { totalCount } }',
      { direction: null },
    );
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    expect(testApp.logged.lines.filter(({ msg }) => msg === 'An operation failed.')).toEqual([]);
  });

  it('is taken as left out where null may stand', async () => {
    const ada = await signUp(testApp);
    const query =
      'mutation ($everywhere: Boolean) { signOut(everywhere: $everywhere) { __typename } }';
    expect(await askAs(ada, query, { everywhere: null })).toEqual({
      data: { signOut: { __typename: 'RevokedSessions' } },
    });
  });

  it('is refused where it lists more than 100 ids: BAD_USER_INPUT', async () => {
    const ada = await signUp(testApp);
    const ids = Array.from({ length: 101 }, () => ada.id);
    const { data, errors } = await askAs(ada, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids,
    });
    expect(data).toBeFalsy();
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', issues: [{ path: ['ids'] }] } },
    ]);
  });
});
