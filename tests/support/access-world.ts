import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { createCaller } from '../../src/graphql/caller.ts';
import type { Context } from '../../src/graphql/context.ts';
import { noCookies } from '../../src/graphql/token-cookies.ts';
import { issueRefreshToken } from '../../src/modules/session/refresh-token.ts';
import { RateLimitedError } from '../../src/platform/errors.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import { UploadedFile } from '../../src/platform/uploaded-file.ts';
import { createMailedSecrets, freshAddress, type MailedSecrets } from './access-mails.ts';
import { type Person, signUp, signUpAdmin, signUpWith, suspend } from './people.ts';
import { drawPicture } from './pictures.ts';
import { makeSpecimens } from './specimens.ts';
import { secretKey, type TestApp } from './test-app.ts';

/** The people of the columns, and what inputs are made of. */
export interface World {
  people: Record<'self' | 'other' | 'support' | 'admin', Person>;
  /** Global ids of what belongs to the user themself, by type. */
  ids: Record<string, string>;
  /** Makes a role that nobody has; answers its global id. */
  makeRole(): Promise<string>;
  /** Makes a user who may not sign in. */
  signUpSuspended(): Promise<Person>;
  /** An address that may get no more mail for now, as far as one client goes. */
  flooded: { email: string; ipAddress: string };
  specimens: Record<string, unknown>;
  /** What `uploadAvatar` takes. */
  picture: Uint8Array;
  /** Starts a session of its own for a cell, which may end it; if asked to, by a proof of yesterday. */
  startSession(
    person: Person,
    proof?: 'old',
  ): Promise<{ accessToken: string; refreshToken: string }>;
  mailed: MailedSecrets;
  /** Has somebody whom no column is about write to a person. */
  writeTo(person: Person): Promise<void>;
}

/** A username that somebody has. */
export const takenUsername = 'mallory';

/** Makes what the cells of the matrix are asked with. */
export async function createWorld(testApp: TestApp): Promise<World> {
  const { database, app } = testApp;
  const { prisma } = database;
  const self = await signUp(testApp, 'Ada');
  await prisma.user.update({
    where: { id: self.userId },
    data: {
      username: 'ada',
      usernameKey: 'ada',
      locale: 'en',
      timezone: 'Europe/London',
      lastSeenAt: new Date(),
      deletionDueAt: new Date('2999-01-01'),
    },
  });
  await prisma.user.update({
    where: { id: (await signUp(testApp, 'Mallory')).userId },
    data: { username: takenUsername, usernameKey: takenUsername },
  });
  const { origin } = await contextOf(testApp, undefined);
  const picture = await drawPicture('png', { width: 8, height: 8 });
  await app.services.avatars.upload(origin, self.userId, new UploadedFile(picture), {});
  const people = {
    self,
    other: await signUp(testApp, 'Bob'),
    support: await signUpWith(testApp, ['users:read', 'sessions:read']),
    admin: await signUpAdmin(testApp),
  };
  const bystander = await signUp(testApp, 'Mallory');
  const specimens = await makeSpecimens(testApp, self, bystander);
  const dataExport = await prisma.dataExport.create({ data: { userId: self.userId } });
  // Or the first would be the last, who may not go.
  await signUpAdmin(testApp);
  return {
    people,
    ids: {
      User: self.id,
      bystander: bystander.id,
      DataExport: globalId('DataExport', dataExport.id),
      Message: globalId('Message', specimens.Message.id),
      Session: globalId('Session', self.sessionId),
      AuditEvent: globalId('AuditEvent', (await prisma.auditEvent.findFirstOrThrow()).id),
      Role: globalId('Role', (await prisma.role.findUniqueOrThrow({ where: { key: 'user' } })).id),
    },
    specimens,
    async makeRole() {
      const { id } = await prisma.role.create({ data: { key: `x-${randomUUID()}` } });
      return globalId('Role', id);
    },
    picture,
    signUpSuspended: () => signUpSuspended(testApp),
    flooded: await flood(testApp),
    async startSession({ sessionId }, proof) {
      // A copy of the row and its refresh: so many sign-ins would run into the limits of an account.
      const row = await prisma.session.findUniqueOrThrow({ where: { id: sessionId } });
      const authenticatedAt = proof === 'old' ? new Date(0) : row.authenticatedAt;
      const running = { id: uuidv7(), authenticatedAt, revokedAt: null, revokeReason: null };
      const named = { ...row, deviceLabel: 'x' };
      const session = await prisma.session.create({ data: { ...named, ...running } });
      const refreshToken = issueRefreshToken(createKeyring(secretKey, null), session);
      const from = { ...origin, ipAddress: randomUUID() };
      return (await app.services.authentication.refresh(from, refreshToken)).tokens;
    },
    mailed: createMailedSecrets(testApp, origin),
    async writeTo({ userId: recipientId }) {
      const { viewer } = await contextOf(testApp, bystander.accessToken);
      if (viewer === null) throw new Error('The bystander is not signed in.');
      await app.services.sending.send(origin, viewer, { recipientId, body: 'x' }, {});
    },
  };
}

const globalId = (typename: string, id: string) =>
  Buffer.from(`${typename}:${id}`).toString('base64');

async function signUpSuspended(testApp: TestApp): Promise<Person> {
  const suspended = await signUp(testApp, 'Mallory');
  await suspend(testApp, suspended);
  return suspended;
}

/** Asks for as many mails to an address as one client may. */
async function flood(testApp: TestApp): Promise<World['flooded']> {
  const flooded = { email: freshAddress(), ipAddress: '192.0.2.99' };
  const { origin } = await contextOf(testApp, undefined);
  const { registration } = testApp.app.services;
  for (;;) {
    try {
      await registration.resendVerification(
        { ...origin, ipAddress: flooded.ipAddress },
        flooded.email,
      );
    } catch (error) {
      if (error instanceof RateLimitedError) return flooded;
      throw error;
    }
  }
}

/** Makes what a resolver runs with for whoever holds an access token. */
export async function contextOf(
  { app, database }: TestApp,
  accessToken: string | undefined,
): Promise<Context> {
  const { services } = app;
  const authorization = accessToken ? `Bearer ${accessToken}` : null;
  const caller = createCaller(services.credentials, authorization, 'request');
  const { viewer } = await caller.identify();
  const actorId = viewer?.userId ?? null;
  const origin = { requestId: 'tests', actorId, ipAddress: null, userAgent: null };
  return { db: database.prisma, services, viewer, caller, origin, cookies: noCookies, rows: null };
}
