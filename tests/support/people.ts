import { randomBytes, randomUUID } from 'node:crypto';
import type { Permission } from '../../src/modules/role/role.rules.ts';
import { graphql } from '../generated/index.ts';
import { announceAccess } from './access-notices.ts';
import { mailsTo, tokenIn } from './mails.ts';
import { ask, type Sender } from './request.ts';
import type { TestApp } from './test-app.ts';

/** A user who is signed in. */
export interface Person {
  /** Global id. */
  id: string;
  /** Id in the database. */
  userId: string;
  email: string;
  password: string;
  displayName: string;
  accessToken: string;
  refreshToken: string;
  sessionId: string;
}

const SignUp = graphql(`
  mutation SignUpPerson($input: SignUpInput!) {
    signUp(input: $input) { __typename }
  }
`);

const VerifyEmail = graphql(`
  mutation VerifyPerson($input: TokenInput!) {
    verifyEmail(input: $input) {
      __typename
      ... on AuthPayload {
        user { id }
        session { id }
        tokens { accessToken refreshToken }
      }
    }
  }
`);

/** Makes a user the way users come about: sign-up, mail, link. */
export async function signUp(testApp: TestApp, name = 'Ada Lovelace'): Promise<Person> {
  const email = `${name.split(' ')[0]?.toLowerCase()}.${randomUUID()}@example.com`;
  const password = 'a password of good length';
  const input = { email, password, displayName: name };
  await ask(testApp, SignUp, { input }, { ipAddress: anyAddress() });
  const token = await verificationToken(testApp, email);
  const { verifyEmail } = await ask(testApp, VerifyEmail, { input: { token } });
  if (verifyEmail?.__typename !== 'AuthPayload') throw new Error('The address was not confirmed.');
  const { user, session, tokens } = verifyEmail;
  return {
    id: user.id,
    userId: databaseId(user.id),
    sessionId: databaseId(session.id),
    email,
    password,
    displayName: name,
    accessToken: tokens.accessToken ?? '',
    refreshToken: tokens.refreshToken ?? '',
  };
}

/** Makes a user who has the role `admin`. */
export async function signUpAdmin(testApp: TestApp): Promise<Person> {
  const admin = await signUp(testApp, 'Root Admin');
  await promote(testApp, admin);
  return admin;
}

/** Gives the role `admin` to a user. */
export async function promote(testApp: TestApp, { userId }: Person): Promise<void> {
  const { prisma } = testApp.database;
  const role = await prisma.role.findUniqueOrThrow({ where: { key: 'admin' } });
  await prisma.userRole.create({ data: { userId, roleId: role.id } });
  await announceAccess(testApp, { userId });
}

/** Makes a user who has a role of their own with these permissions. */
export async function signUpWith(
  testApp: TestApp,
  permissions: readonly Permission[],
): Promise<Person> {
  const person = await signUp(testApp, 'Grace Custom');
  const { prisma } = testApp.database;
  const role = { create: { key: `custom-${randomUUID()}`, permissions: [...permissions] } };
  await prisma.userRole.create({ data: { user: { connect: { id: person.userId } }, role } });
  await announceAccess(testApp, { userId: person.userId });
  return person;
}

/** Takes the role `admin` away from a user. */
export async function demote(testApp: TestApp, { userId }: Person): Promise<void> {
  const where = { userId, role: { key: 'admin' } };
  await testApp.database.prisma.userRole.deleteMany({ where });
  await announceAccess(testApp, { userId });
}

const SignIn = graphql(`
  mutation SignInPerson($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload {
        session { id }
        tokens { accessToken refreshToken }
      }
    }
  }
`);

/** Signs a user in once more; answers them with the new session. */
export async function signIn(testApp: TestApp, person: Person, sender?: Sender): Promise<Person> {
  const { email, password } = person;
  const answer = await ask(testApp, SignIn, { input: { email, password } }, sender);
  if (answer.signIn?.__typename !== 'AuthPayload') throw new Error('The sign-in was refused.');
  const { session, tokens } = answer.signIn;
  return {
    ...person,
    sessionId: databaseId(session.id),
    accessToken: tokens.accessToken ?? '',
    refreshToken: tokens.refreshToken ?? '',
  };
}

/** Suspends an account for a long time. */
export async function suspend(testApp: TestApp, { userId }: Person): Promise<void> {
  const where = { id: userId };
  const data = { status: 'SUSPENDED', suspendedUntil: new Date('2999-01-01') } as const;
  await testApp.database.prisma.user.update({ where, data });
  await announceAccess(testApp, { userId });
}

/** Answers an address that nobody else calls from, where limits by address would be in the way. */
export function anyAddress(): string {
  return `2001:db8:${randomBytes(12).toString('hex').match(/.{4}/g)?.join(':')}`;
}

/** Makes it a day since a user proved who they are. */
export async function ageProof(testApp: TestApp, { sessionId }: Person): Promise<void> {
  const authenticatedAt = new Date(Date.now() - 86_400_000);
  const where = { id: sessionId };
  await testApp.database.prisma.session.update({ where, data: { authenticatedAt } });
  await announceAccess(testApp, { sessionId });
}

/** Waits for the confirmation mail and reads the token out of its link. */
export async function verificationToken(testApp: TestApp, email: string): Promise<string> {
  const [mail] = await mailsTo(testApp, email);
  return tokenIn(mail);
}

/** Reads the database id out of a global id. */
export function databaseId(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().replace(/^\w+:/, '');
}

/** Writes the global id of a row. */
export function globalId(typename: 'User' | 'Session' | 'Role' | 'Message', id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64');
}
