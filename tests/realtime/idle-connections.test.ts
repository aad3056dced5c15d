import { beforeEach, describe, expect, it } from 'vitest';
import { announceAccess } from '../support/access-notices.ts';
import { assignRoles } from '../support/change-roles.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { openStream } from '../support/live-answers.ts';
import { demote, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { codesIn, openConversation } from '../support/socket-client.ts';
import { followOn } from '../support/socket-stream.ts';
import { rename } from '../support/user-stream.ts';

const testApp = useListeningApp();

let ada: Person;
beforeEach(async () => {
  ada = await signUp(testApp);
});

const open = (person: Person) => openConversation(testApp, { token: person.accessToken });
const follow = ({ id }: Person) => `subscription { userChanged(id: "${id}") { __typename } }`;
const session = ({ sessionId }: Person) => ({ where: { id: sessionId } });
const codeOf = (answer: Awaited<ReturnType<Awaited<ReturnType<typeof openStream>>['next']>>) =>
  answer?.errors?.map(({ extensions }) => extensions?.code);

describe('a socket whose session ends', () => {
  it('answers first what ends it, and closes unasked: 4401', async () => {
    const socket = await open(ada);
    const answer = await socket.askOnce(
      'mutation { signOut { ... on RevokedSessions { revoked } } }',
    );
    expect(answer).toEqual({ data: { signOut: { revoked: 1 } } });
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  it('closes also when nobody was told of it', async () => {
    const socket = await open(ada);
    const revokedAt = new Date();
    await testApp.database.prisma.session.update({ ...session(ada), data: { revokedAt } });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  }, 30_000);

  it('closes also when it runs out by time', async () => {
    const socket = await open(ada);
    const idleExpiresAt = new Date(Date.now() + 100);
    await testApp.database.prisma.session.update({ ...session(ada), data: { idleExpiresAt } });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  }, 30_000);
});

describe('a subscription whose viewer loses a permission', () => {
  it('ends with FORBIDDEN before any event, and its socket goes on', async () => {
    const admin = await signUpAdmin(testApp);
    const socket = await open(admin);
    await followOn(socket, ada.id, 'ada');
    await followOn(socket, admin.id, 'self');
    await demote(testApp, admin);
    expect(codesIn(await socket.nextOf('ada'))).toEqual(['FORBIDDEN']);
    await rename(testApp, admin, 'Root Nobody');
    expect(await socket.nextOf('self')).toMatchObject({ type: 'next' });
    socket.close();
  });

  it('ends as an event stream with FORBIDDEN', async () => {
    const admin = await signUpAdmin(testApp);
    const stream = await openStream(testApp, { query: follow(ada) }, admin);
    await stream.nextData();
    await demote(testApp, admin);
    expect(codeOf(await stream.next())).toEqual(['FORBIDDEN']);
    expect(await stream.next()).toBeNull();
  });

  it('goes on where it is allowed without, whatever was gained and lost', async () => {
    const socket = await open(ada);
    await followOn(socket, ada.id, '1');
    await assignRoles(testApp, ada, ['user', 'admin']);
    await announceAccess(testApp, { userId: ada.userId });
    await rename(testApp, ada, 'Augusta');
    expect(await socket.nextOf('1')).toMatchObject({ type: 'next' });
    await demote(testApp, ada);
    await rename(testApp, ada, 'Ada King');
    expect(await socket.nextOf('1')).toMatchObject({ type: 'next' });
    socket.close();
  });
});
