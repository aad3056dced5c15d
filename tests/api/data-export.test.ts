import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { periodicExportPruning } from '../../src/modules/privacy/data-export.worker.ts';
import { createCommit } from '../../src/platform/unit-of-work.ts';
import { graphql } from '../generated/index.ts';
import {
  download,
  readExport,
  readyExport,
  requestExport,
  unpack,
} from '../support/data-export.ts';
import { mailsTo } from '../support/mails.ts';
import { databaseId, type Person, signIn, signUp, signUpAdmin } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { watchStatements } from '../support/statements.ts';
import { useTestApp } from '../support/test-app.ts';

const SignOut = graphql(`
  mutation SignOutBeforeDownload { signOut { __typename } }
`);
const FindNode = graphql(`
  query FindExportNode($id: ID!) { node(id: $id) { id } }
`);
const FindExport = graphql(`
  query FindExport($id: ID!) { dataExport(id: $id) { id } }
`);

const daySeconds = 24 * 60 * 60;
const bearer = ({ accessToken }: Person) => ({ authorization: `Bearer ${accessToken}` });

describe('requestDataExport', () => {
  const testApp = useTestApp();
  let ada: Person;
  beforeEach(async () => {
    ada = await signUp(testApp);
  });
  const pruning = () =>
    periodicExportPruning({
      database: testApp.database,
      commit: createCommit(
        testApp.database,
        { enqueue: async () => {} },
        {
          onEvents() {},
          onNotice() {},
        },
      ),
      clock: testApp.clock.now,
    });

  it('begins pending, and is ready before long for 24 hours', async () => {
    expect(await requestExport(testApp, ada)).toMatchObject({
      __typename: 'DataExport',
      status: 'PENDING',
      downloadUrl: null,
      expiresAt: null,
    });
    const { id } = await readyExport(testApp, ada);
    const ready = await readExport(testApp, ada, id);
    expect(ready).toMatchObject({
      status: 'READY',
      downloadUrl: `${testApp.config.publicUrl}/data-exports/${databaseId(id)}`,
    });
    const lastsMs = new Date(ready?.expiresAt ?? 0).getTime() - testApp.clock.now().getTime();
    expect(Math.round(lastsMs / 60_000)).toBe(24 * 60);
  });

  it('tells by mail that it is ready', async () => {
    await readyExport(testApp, ada);
    const [mail] = await mailsTo(testApp, ada.email, 1, /Sign in to download/);
    expect(mail?.subject).toBe('Your data is ready');
  });

  it('holds what is kept about the person, and nothing of others', async () => {
    const admin = await signUpAdmin(testApp);
    const second = await signIn(testApp, ada, { ipAddress: '198.51.100.9', userAgent: 'Lynx' });
    const { prisma } = testApp.database;
    await prisma.avatar.create({
      data: {
        userId: ada.userId,
        digest: 'x',
        renditions: {
          create: [
            { size: 64, content: Buffer.from('small') },
            { size: 512, content: Buffer.from('large') },
          ],
        },
      },
    });
    const { path } = await readyExport(testApp, ada);
    const { bytes } = await download(testApp, path, bearer(ada));
    const { record, files } = unpack(bytes);
    expect(Object.keys(record)).toEqual([
      'format',
      'formatVersion',
      'exportedAt',
      'profile',
      'password',
      'avatar',
      'presence',
      'roles',
      'dataExports',
      'sessions',
      'mailRequests',
      'securityEvents',
      'presenceEvents',
      'auditEvents',
      'messages',
      'blocks',
    ]);
    expect(record).toMatchObject({
      format: 'latchkey-account',
      formatVersion: 1,
      profile: { id: ada.userId, email: ada.email, displayName: ada.displayName, status: 'ACTIVE' },
      password: { changedAt: expect.any(String) },
      avatar: { file: 'avatar.webp' },
      roles: [{ key: 'user', description: expect.any(String), grantedAt: expect.any(String) }],
    });
    expect(record.sessions).toHaveLength(2);
    expect(record.sessions[1]).toMatchObject({
      id: second.sessionId,
      ipAddress: '198.51.100.9',
      userAgent: 'Lynx',
    });
    const actions = record.auditEvents.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['user.created', 'session.started']));
    expect(Object.keys(files)).toEqual(['avatar.webp']);
    expect(Buffer.from(files['avatar.webp'] ?? []).toString()).toBe('large');
    const text = JSON.stringify(record);
    for (const foreign of [admin.userId, admin.email, '$argon2', '"salt"', '"hash"']) {
      expect(text).not.toContain(foreign);
    }
  });

  it('reads on where there is more than one batch', async () => {
    const { prisma } = testApp.database;
    const acts = Array.from({ length: 1203 }, (_, number) => ({
      action: 'test.acted',
      requestId: `test-${number}`,
      actorId: ada.userId,
    }));
    await prisma.auditEvent.createMany({ data: acts });
    const { path } = await readyExport(testApp, ada);
    const { record } = unpack((await download(testApp, path, bearer(ada))).bytes);
    const found = record.auditEvents.filter(({ action }: { action: string }) =>
      action.startsWith('test.'),
    );
    expect(found).toHaveLength(1203);
    expect(new Set(found.map(({ id }: { id: string }) => id)).size).toBe(1203);
  });

  it('is limited to 3 a day for each user: RATE_LIMITED', async () => {
    for (let times = 0; times < 3; times++) await requestExport(testApp, ada);
    expect(await requestExport(testApp, ada)).toMatchObject({
      __typename: 'RateLimitedError',
      scope: 'ACCOUNT',
    });
    const bob = await signUp(testApp, 'Bob');
    expect(await requestExport(testApp, bob)).toMatchObject({ __typename: 'DataExport' });
  });

  it('needs a recent proof of who one is: STEP_UP_REQUIRED', async () => {
    await testApp.database.prisma.session.update({
      where: { id: ada.sessionId },
      data: { authenticatedAt: new Date(Date.now() - 601_000) },
    });
    expect(await requestExport(testApp, ada)).toEqual({
      __typename: 'StepUpRequiredError',
      maxAgeSeconds: 600,
    });
  });

  it('expires, and is removed then', async () => {
    const { prisma } = testApp.database;
    const { id, path } = await readyExport(testApp, ada);
    testApp.clock.advance(daySeconds + 60);
    const later = await signIn(testApp, ada);
    expect(await readExport(testApp, later, id)).toMatchObject({
      status: 'EXPIRED',
      downloadUrl: null,
    });
    expect((await download(testApp, path, bearer(later))).status).toBe(404);
    await pruning().work();
    expect(await prisma.dataExportArchive.count()).toBe(0);
    expect(await readExport(testApp, later, id)).toMatchObject({ status: 'EXPIRED' });
    testApp.clock.advance(30 * daySeconds);
    await pruning().work();
    expect(await prisma.dataExport.count()).toBe(0);
  });

  it('counts as failed when nothing came of it in a day', async () => {
    const { prisma } = testApp.database;
    const requestedAt = new Date(testApp.clock.now().getTime() - (daySeconds + 1) * 1000);
    const { id } = await prisma.dataExport.create({ data: { userId: ada.userId, requestedAt } });
    await pruning().work();
    expect(await prisma.dataExport.findUnique({ where: { id } })).toMatchObject({
      status: 'FAILED',
    });
  });

  it('is asked for with as many statements, however much there is', async () => {
    const watch = watchStatements(testApp.database);
    const { sent } = await watch.record(() => requestExport(testApp, ada));
    expect(sent.length).toBeLessThan(20);
  });
});

describe('an export', () => {
  const testApp = useTestApp();
  let ada: Person;
  let path: string;
  let id: string;
  beforeEach(async () => {
    ada = await signUp(testApp);
    ({ id, path } = await readyExport(testApp, ada));
  });

  it('is handed over as a file that nobody keeps or guesses at', async () => {
    const { status, headers, bytes } = await download(testApp, path, bearer(ada));
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="account.zip"',
      'content-length': String(bytes.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('takes the cookie of a session, as a link is followed', async () => {
    const cookie = `latchkey-access=${ada.accessToken}`;
    expect((await download(testApp, path, { cookie })).status).toBe(200);
    const bob = await signUp(testApp, 'Bob');
    const others = `latchkey-access=${bob.accessToken}`;
    expect((await download(testApp, path, { cookie: others })).status).toBe(404);
  });

  it('is the same to everybody else as if there were none', async () => {
    const bob = await signUp(testApp, 'Bob');
    const admin = await signUpAdmin(testApp);
    const missing = `/data-exports/${randomUUID()}`;
    for (const headers of [{}, bearer(bob), bearer(admin)]) {
      const [there, nowhere] = [
        await download(testApp, path, headers),
        await download(testApp, missing, headers),
      ];
      expect(there.status).toBe(404);
      expect(there.bytes).toEqual(nowhere.bytes);
    }
    for (const other of [bob, admin]) {
      expect(await readExport(testApp, other, id)).toBeNull();
      expect(await ask(testApp, FindNode, { id }, other)).toEqual({ node: null });
    }
    expect(await ask(testApp, FindNode, { id })).toEqual({ node: null });
    expect(await ask(testApp, FindNode, { id }, ada)).toEqual({ node: { id } });
  });

  it('is refused at once when the session has ended: UNAUTHENTICATED', async () => {
    await ask(testApp, SignOut, {}, ada);
    const answer = await download(testApp, path, bearer(ada));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it.each(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'is not to be had by %s',
    async (method) => {
      expect((await download(testApp, path, bearer(ada), method)).status).toBe(405);
    },
  );

  it.each([
    '/data-exports/',
    '/data-exports/x',
    '/data-exports/%00',
    "/data-exports/' OR 1=1",
    '/data-exports/../health',
    `/data-exports/${'0'.repeat(5000)}`,
  ])('has nothing at %s', async (hostile) => {
    const { status } = await download(testApp, hostile, bearer(ada));
    expect(status).toBe(hostile.endsWith('health') ? 200 : 404);
  });

  it('has nothing behind another spelling of its id', async () => {
    for (const spelling of [
      path.toUpperCase().replace('/DATA-EXPORTS', '/data-exports'),
      `${path}/`,
    ]) {
      expect((await download(testApp, spelling, bearer(ada))).status).toBe(404);
    }
  });

  it.each(['', 'x', 'VXNlcjox', Buffer.from('DataExport:x').toString('base64')])(
    'is not found by the id %j: BAD_USER_INPUT',
    async (hostile) => {
      const { accessToken } = ada;
      const answer = await send(testApp, FindExport, { id: hostile }, { accessToken });
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    },
  );

  it('remembers who asked for it and who took it', async () => {
    await download(testApp, path, bearer(ada));
    const acts = await testApp.database.prisma.auditEvent.findMany({
      where: { targetId: databaseId(id) },
      orderBy: { id: 'asc' },
    });
    expect(acts).toEqual([
      expect.objectContaining({ action: 'data-export.requested', actorId: ada.userId }),
      expect.objectContaining({ action: 'data-export.downloaded', actorId: ada.userId }),
    ]);
  });
});
