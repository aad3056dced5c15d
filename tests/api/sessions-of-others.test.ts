import { beforeEach, describe, expect, it } from 'vitest';
import { graphql } from '../generated/index.ts';
import {
  globalId,
  type Person,
  signIn,
  signUp,
  signUpAdmin,
  signUpWith,
  suspend,
} from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const SessionsOf = graphql(`
  query SessionsOf($id: ID!) {
    user(id: $id) { sessions { totalCount nodes { id isCurrent deviceLabel } } }
  }
`);
const UserOfSession = graphql(`
  query UserOfSession($id: ID!) {
    node(id: $id) { ... on Session { id user { displayName } } }
  }
`);
const AddressOfSession = graphql(`
  query AddressOfSession($id: ID!) { node(id: $id) { ... on Session { user { email } } } }
`);

describe('the sessions of another user', () => {
  const testApp = useTestApp();
  let ada: Person;
  let watch: Person;
  beforeEach(async () => {
    ada = await signUp(testApp, 'Ada');
    await signIn(testApp, ada);
    await signIn(testApp, ada);
    watch = await signUpWith(testApp, ['sessions:read']);
  });
  const idOf = ({ sessionId }: Person) => globalId('Session', sessionId);

  it('are listed and counted as theirs for holders of sessions:read', async () => {
    for (const reader of [watch, await signUpAdmin(testApp)]) {
      const { user } = await ask(testApp, SessionsOf, { id: ada.id }, reader);
      expect(user?.sessions.totalCount).toBe(3);
      expect(user?.sessions.nodes.map(({ isCurrent }) => isCurrent)).toEqual([false, false, false]);
      expect(user?.sessions.nodes.map(({ id }) => id)).toContain(idOf(ada));
    }
  });

  it('are refused to others, and to holders of users:read: FORBIDDEN', async () => {
    for (const reader of [await signUp(testApp), await signUpWith(testApp, ['users:read'])]) {
      const answer = await send(testApp, SessionsOf, { id: ada.id }, reader);
      expect(answer.body.data?.user).toBeNull();
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    }
  });

  it('lead to the public profile of their user, not to their rights: FORBIDDEN', async () => {
    const { node } = await ask(testApp, UserOfSession, { id: idOf(ada) }, watch);
    expect(node).toEqual({ id: idOf(ada), user: { displayName: 'Ada' } });
    const answer = await send(testApp, AddressOfSession, { id: idOf(ada) }, watch);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(answer.body)).not.toContain(ada.email);
  });

  it('do not lead to a user whom their reader may not see: FORBIDDEN', async () => {
    await suspend(testApp, ada);
    const answer = await send(testApp, UserOfSession, { id: idOf(ada) }, watch);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(answer.body)).not.toContain('Ada');
    const { node } = await ask(
      testApp,
      UserOfSession,
      { id: idOf(ada) },
      await signUpAdmin(testApp),
    );
    expect(node).toEqual({ id: idOf(ada), user: { displayName: 'Ada' } });
  });
});
