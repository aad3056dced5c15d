import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useListeningApp } from '../support/listening-app.ts';
import { createMessageQueue } from '../support/message-queue.ts';
import { signUp } from '../support/people.ts';
import { postGraphql } from '../support/raw-request.ts';
import { keepUpToDate, type Screen } from '../support/stream-clients/app.ts';
import { rename } from '../support/user-stream.ts';

const guide = readFileSync('docs/guides/real-time.md', 'utf8');

describe('docs/guides/real-time.md', { timeout: 120_000 }, () => {
  const testApp = useListeningApp();

  it('shows the files that are tested, and no other code', () => {
    const shown = [...guide.matchAll(/`([\w-]+\.ts)`:\n\n```ts\n(.*?)```/gs)];
    const files = globSync('*.ts', { cwd: 'tests/support/stream-clients' });
    expect(Object.fromEntries(shown.map(([, name, code]) => [name, code]))).toEqual(
      Object.fromEntries(
        files.map((name) => [name, readFileSync(`tests/support/stream-clients/${name}`, 'utf8')]),
      ),
    );
    expect(guide.match(/^```ts$/gm)).toHaveLength(files.length);
  });

  it('keeps a screen up to date from the cursor that it kept, until the session ends', async () => {
    const ada = await signUp(testApp, 'Ada');
    const seen = createMessageQueue<string>();
    let kept: string | null = null;
    const see = (news: string, cursor: string) => {
      kept = cursor;
      seen.push(news);
    };
    const screen: Screen = {
      apply: ({ user, cursor }) => see(user?.displayName ?? 'somebody', cursor),
      loadAnew: (cursor) => see('load anew', cursor),
      upToDate: (cursor) => see('up to date', cursor),
      ended: (code) => seen.push(`ended: ${code === 4401 || code === 'UNAUTHENTICATED'}`),
    };
    const until = async (news: string) => {
      while ((await seen.next()) !== news);
    };
    const open = () => keepUpToDate(`${testApp.url}/graphql`, { tokens: ada }, kept, screen);
    const following = open();
    await until('up to date');
    following.leave();
    await rename(testApp, ada, 'Augusta');
    open();
    await until('Augusta');
    const authorization = `Bearer ${ada.accessToken}`;
    await postGraphql(testApp, { query: 'mutation { signOut { __typename } }' }, { authorization });
    await until('ended: true');
  });
});
