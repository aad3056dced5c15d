import { randomUUID } from 'node:crypto';
import type { Context } from '../../src/graphql/context.ts';
import { RateLimitedError } from '../../src/platform/errors.ts';
import { type Person, signUp, signUpAdmin, verificationToken } from './people.ts';
import { makeSpecimens } from './specimens.ts';
import type { TestApp } from './test-app.ts';

/** The people of the columns, and what inputs are made of. */
export interface World {
  people: Record<'self' | 'other' | 'admin', Person>;
  /** Global ids of what belongs to the user themself, by type. */
  ids: Record<string, string>;
  /** A user who may not sign in. */
  suspended: Person;
  /** An address that may get no more mail for now. */
  floodedAddress: string;
  specimens: Record<string, unknown>;
  /** Starts a session of its own for a cell, which may end it. */
  startSession(person: Person): Promise<{ accessToken: string; refreshToken: string }>;
  /** Signs somebody up and answers the token out of the mail. */
  tokenFromMail(): Promise<string>;
}

/** The username of the suspended user. */
export const takenUsername = 'mallory';

/** Makes an address that nobody has. */
export const freshAddress = () => `${randomUUID()}@example.com`;

/** Makes what the cells of the matrix are asked with. */
export async function createWorld(testApp: TestApp): Promise<World> {
  const { database, app } = testApp;
  const { prisma } = database;
  const self = await signUp(testApp, 'Ada');
  await prisma.user.update({
    where: { id: self.userId },
    data: { username: 'ada', usernameKey: 'ada', locale: 'en', timezone: 'Europe/London' },
  });
  const { origin } = await contextOf(testApp, undefined);
  const people = { self, other: await signUp(testApp, 'Bob'), admin: await signUpAdmin(testApp) };
  return {
    people,
    ids: {
      User: self.id,
      Session: globalId('Session', self.sessionId),
      Role: globalId('Role', (await prisma.role.findUniqueOrThrow({ where: { key: 'user' } })).id),
    },
    specimens: await makeSpecimens(testApp, self),
    suspended: await signUpSuspended(testApp),
    floodedAddress: await flood(testApp),
    async startSession({ email, password }) {
      const from = { ...origin, ipAddress: randomUUID() };
      const { tokens } = await app.services.authentication.signIn(from, { email, password });
      return tokens;
    },
    async tokenFromMail() {
      const email = freshAddress();
      const password = 'p'.repeat(20);
      await app.services.registration.signUp(origin, { email, password, displayName: 'Eve' });
      return verificationToken(testApp, email);
    },
  };
}

const globalId = (typename: string, id: string) =>
  Buffer.from(`${typename}:${id}`).toString('base64');

async function signUpSuspended(testApp: TestApp): Promise<Person> {
  const suspended = await signUp(testApp, 'Mallory');
  await testApp.database.prisma.user.update({
    where: { id: suspended.userId },
    data: { status: 'SUSPENDED', username: takenUsername, usernameKey: takenUsername },
  });
  return suspended;
}

/** Asks for as many mails to an address as it may get. */
async function flood(testApp: TestApp): Promise<string> {
  const address = freshAddress();
  const { origin } = await contextOf(testApp, undefined);
  // From ever another client, until the limit of the address itself is reached.
  for (let client = 1; ; client++) {
    const ipAddress = `192.0.2.${client}`;
    try {
      await testApp.app.services.registration.resendVerification({ ...origin, ipAddress }, address);
    } catch (error) {
      if (error instanceof RateLimitedError) return address;
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
  const viewer = accessToken ? await services.authentication.authenticate(accessToken) : null;
  const actorId = viewer?.userId ?? null;
  const origin = { requestId: 'tests', actorId, ipAddress: null, userAgent: null };
  return { db: database.prisma, services, viewer, origin };
}
