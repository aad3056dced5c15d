import { beforeAll, describe, expect, it } from 'vitest';
import { announceAccess } from '../support/access-notices.ts';
import { openTestDatabase } from '../support/migrated-database.ts';
import { type Person, signUp } from '../support/people.ts';
import { bodyOf, postGraphql, type RawAnswer } from '../support/raw-request.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const inner = /prisma|postgres|pglite|relation|display_name|gone|select|node_modules|src\/|\bat /i;

let testApp: TestApp;
let ada: Person;
beforeAll(async () => {
  const running = await startTestApp();
  testApp = running;
  ada = await signUp(running);
  return running.stop;
});

const ask = (query: string, accessToken = ada.accessToken): Promise<RawAnswer> =>
  postGraphql(testApp, { query }, { authorization: `Bearer ${accessToken}` });

/** Runs with a part of the database under another name, as after a failed migration. */
async function without(part: string, run: () => Promise<void>): Promise<void> {
  const { prisma } = testApp.database;
  await prisma.$executeRawUnsafe(`ALTER TABLE ${part} TO gone`);
  try {
    await run();
  } finally {
    const [, table = '', column] = /^(\S+) RENAME(?: COLUMN (\S+))?/.exec(part) ?? [];
    await prisma.$executeRawUnsafe(
      column
        ? `ALTER TABLE ${table} RENAME COLUMN gone TO ${column}`
        : `ALTER TABLE gone RENAME TO ${table}`,
    );
  }
}

const faultLines = () => testApp.logged.lines.filter(({ msg }) => msg === 'An operation failed.');

describe('a fault of the server', () => {
  it('inside an operation is answered with the request id alone: INTERNAL_SERVER_ERROR', async () => {
    await without('"user" RENAME COLUMN display_name', async () => {
      const answer = await ask('{ authConfig { passwordMinLength } me { id avatar { url } } }');
      const requestId = answer.headers.get('x-request-id');
      expect(answer.status).toBe(200);
      expect(bodyOf(answer)).toEqual({
        data: { authConfig: { passwordMinLength: 15 }, me: null },
        errors: [
          {
            message: 'Something went wrong.',
            path: ['me'],
            locations: [{ line: 1, column: 36 }],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
          },
        ],
      });
      expect(faultLines().at(-1)).toMatchObject({ requestId, level: 50 });
      expect(testApp.logged.lines.filter(({ msg }) => msg === 'operation').at(-1)).toMatchObject({
        requestId,
        outcome: ['INTERNAL_SERVER_ERROR'],
      });
    });
  });

  it('before an operation is answered with the request id alone: 500', async () => {
    await without('session RENAME', async () => {
      await announceAccess(testApp, 'everybody');
      const answer = await ask('{ me { id avatar { url } } }');
      const requestId = answer.headers.get('x-request-id');
      expect(answer.status).toBe(500);
      expect(bodyOf(answer)).toEqual({
        errors: [
          {
            message: 'Something went wrong.',
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
          },
        ],
      });
      expect(faultLines().at(-1)).toMatchObject({ requestId });
    });
  });

  it('in a mutation leaves its neighbour whole, and nothing of itself', async () => {
    await without('audit_event RENAME', async () => {
      const answer = await ask(
        'mutation { updateProfile(input: { displayName: "Changed" }) { __typename } }',
      );
      expect(bodyOf(answer)).toMatchObject({
        data: { updateProfile: null },
        errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
      });
      expect(answer.text).not.toMatch(inner);
    });
    const { displayName } = await testApp.database.prisma.user.findFirstOrThrow();
    expect(displayName).toBe(ada.displayName);
  });

  it('is described in the log by its kind and place, never by its message', async () => {
    await without('"user" RENAME COLUMN display_name', async () => {
      const answer = await ask('{ me { id avatar { url } } }');
      expect(answer.text).not.toMatch(inner);
    });
    const { fault } = faultLines().at(-1) ?? {};
    expect(fault).toEqual({
      type: 'PrismaClientKnownRequestError',
      code: 'P2022',
      sqlState: '42703',
      at: expect.arrayContaining([expect.stringMatching(/^at /)]),
    });
  });

  it('is over when its cause is', async () => {
    expect(bodyOf(await ask('{ me { id } }'))).toEqual({ data: { me: { id: ada.id } } });
  });
});

describe('a database that is gone', () => {
  it('is told as such, to be tried again: SERVICE_UNAVAILABLE', async () => {
    const opened = await openTestDatabase();
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= opened.close();
      return closed;
    };
    const failing = await startTestApp({}, async () => ({ ...opened, close }));
    const person = await signUp(failing);
    await close();
    const headers = { authorization: `Bearer ${person.accessToken}` };
    const before = await postGraphql(failing, { query: '{ me { id } }' }, headers);
    expect(before.status).toBe(503);
    expect(bodyOf(before)).toEqual({
      errors: [
        { message: 'Not available right now.', extensions: { code: 'SERVICE_UNAVAILABLE' } },
      ],
    });
    const credentials = '{ email: "a@example.com", password: "x" }';
    const query = `mutation { signIn(input: ${credentials}) { __typename } }`;
    const within = await postGraphql(failing, { query });
    expect(bodyOf(within)).toMatchObject({
      data: { signIn: null },
      errors: [{ path: ['signIn'], extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    expect(within.text).not.toMatch(inner);
    await failing.stop();
  });
});
