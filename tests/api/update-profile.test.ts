import { describe, expect, it } from 'vitest';
import type { UpdateProfileInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { type Person, signUp } from '../support/people.ts';
import { ask, codesOf, send } from '../support/request.ts';
import { changesBetween, dumpTables } from '../support/table-dump.ts';
import { useTestApp } from '../support/test-app.ts';

const UpdateProfile = graphql(`
  mutation UpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      __typename
      ... on User {
        id displayName username locale timezone version createdAt updatedAt
        email roles { key } permissions
      }
      ... on Error { code message }
      ... on ConflictError { conflictPath: path currentVersion }
      ... on ValidationError { issues { path code message } }
    }
  }
`);

describe('updateProfile', () => {
  const testApp = useTestApp();
  const update = async ({ accessToken }: Person, input: UpdateProfileInput) =>
    (await ask(testApp, UpdateProfile, { input }, { accessToken })).updateProfile;
  /** Tells what work changed in the database, by table. */
  const changesOf = async (work: () => Promise<unknown>) => {
    const before = await dumpTables(testApp.database);
    await work();
    return changesBetween(before, await dumpTables(testApp.database));
  };

  const changes: [string, UpdateProfileInput, UpdateProfileInput][] = [
    ['display name', { displayName: 'Augusta' }, { displayName: 'Augusta' }],
    [
      'trimmed display name in NFC',
      { displayName: ' A\u030angstro\u0308m ' },
      { displayName: 'Ångström' },
    ],
    ['username', { username: 'Ada.L_1815' }, { username: 'Ada.L_1815' }],
    ['username in NFKC', { username: 'ＡＤＡ１' }, { username: 'ADA1' }],
    ['canonical locale', { locale: 'PT-br' }, { locale: 'pt-BR' }],
    ['time zone', { timezone: 'Europe/Berlin' }, { timezone: 'Europe/Berlin' }],
  ];
  it.each(changes)('changes a %s, and counts the version up', async (_, input, kept) => {
    const ada = await signUp(testApp);
    expect(await update(ada, input)).toMatchObject({
      __typename: 'User',
      id: ada.id,
      version: 2,
      displayName: 'Ada Lovelace',
      username: null,
      locale: null,
      timezone: null,
      ...kept,
    });
  });

  it('answers with the whole account, and leaves out nothing that was not named', async () => {
    const ada = await signUp(testApp);
    await update(ada, { username: 'ada', locale: 'en', timezone: 'UTC' });
    const answer = await update(ada, { displayName: 'Augusta' });
    expect(answer).toEqual({
      __typename: 'User',
      id: ada.id,
      displayName: 'Augusta',
      username: 'ada',
      locale: 'en',
      timezone: 'UTC',
      version: 3,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      email: ada.email,
      roles: [{ key: 'user' }],
      permissions: [],
    });
  });

  it('clears with null what can be empty, and leaves the display name', async () => {
    const ada = await signUp(testApp);
    await update(ada, { username: 'ada', locale: 'en', timezone: 'UTC' });
    const none = { displayName: null, username: null, locale: null, timezone: null };
    expect(await update(ada, none)).toMatchObject({
      displayName: 'Ada Lovelace',
      username: null,
      locale: null,
      timezone: null,
    });
    expect(await update(await signUp(testApp), { username: 'ADA' })).toMatchObject({
      username: 'ADA',
    });
  });

  it('changes nothing without a field to change, whatever the expected version', async () => {
    const ada = await signUp(testApp);
    for (const input of [{}, { displayName: null }, { expectedVersion: 7 }]) {
      const changed = await changesOf(async () =>
        expect(await update(ada, input)).toMatchObject({ __typename: 'User', version: 1 }),
      );
      expect(changed).toEqual({});
    }
  });

  it.each([
    ['letter for letter', 'ada.l'],
    ['but for case', 'ADA.L'],
    ['but for its normal form', 'ａｄａ.l'],
  ])('refuses a username that another user has, %s: CONFLICT', async (_, username) => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    await update(ada, { username: 'Ada.L' });
    const changed = await changesOf(async () =>
      expect(await update(grace, { username, displayName: 'Mallory' })).toEqual({
        __typename: 'ConflictError',
        code: 'CONFLICT',
        message: expect.any(String),
        conflictPath: ['input', 'username'],
        currentVersion: null,
      }),
    );
    expect(changed).toEqual({});
  });

  it('lets users write their own name another way', async () => {
    const ada = await signUp(testApp);
    await update(ada, { username: 'ada' });
    expect(await update(ada, { username: 'ADA' })).toMatchObject({ username: 'ADA', version: 3 });
  });

  it('gives a username to one of those who ask for it at once', async () => {
    const [ada, grace] = [await signUp(testApp), await signUp(testApp, 'Grace Hopper')];
    const answers = await Promise.all(
      [ada, grace].map((person) => update(person, { username: 'first' })),
    );
    expect(answers.map((answer) => answer?.__typename).sort()).toEqual(['ConflictError', 'User']);
  });

  it('refuses a change of another version than expected: CONFLICT', async () => {
    const ada = await signUp(testApp);
    expect(await update(ada, { locale: 'en', expectedVersion: 1 })).toMatchObject({ version: 2 });
    const changed = await changesOf(async () =>
      expect(await update(ada, { locale: 'de', expectedVersion: 1 })).toEqual({
        __typename: 'ConflictError',
        code: 'CONFLICT',
        message: expect.any(String),
        conflictPath: null,
        currentVersion: 2,
      }),
    );
    expect(changed).toEqual({});
  });

  it('keeps one of two changes of one version that are made at once', async () => {
    const ada = await signUp(testApp);
    const answers = await Promise.all(
      ['en', 'de'].map((locale) => update(ada, { locale, expectedVersion: 1 })),
    );
    expect(answers.map((answer) => answer?.__typename).sort()).toEqual(['ConflictError', 'User']);
  });

  it('leaves an audit entry and an event that name the fields, not their values', async () => {
    const ada = await signUp(testApp);
    const { prisma } = testApp.database;
    const input = { displayName: 'Augusta', username: 'ada' };
    const sender = { accessToken: ada.accessToken, ipAddress: '192.0.2.7', userAgent: 'a phone' };
    const { headers } = await send(testApp, UpdateProfile, { input }, sender);
    const changedFields = ['displayName', 'username'];
    const { userId } = ada;
    expect(
      await prisma.auditEvent.findMany({
        where: { action: 'user.profile-updated' },
        include: { origin: true },
      }),
    ).toMatchObject([
      {
        actorId: userId,
        targetId: userId,
        requestId: headers.get('x-request-id'),
        metadata: { changedFields },
        origin: { ipAddress: '192.0.2.7', userAgent: 'a phone' },
      },
    ]);
    const events = await prisma.loggedEvent.findMany({
      where: { topic: 'USER' },
      orderBy: { sequence: 'asc' },
    });
    expect(events.at(-1)).toMatchObject({
      topic: 'USER',
      type: 'UserChanged',
      userId,
      data: { change: 'UPDATED', changedFields },
    });
  });

  const hostile: [string, UpdateProfileInput][] = [
    ['an empty display name', { displayName: '' }],
    ['a blank display name', { displayName: ' \u3000 ' }],
    ['a display name of 101 characters', { displayName: 'x'.repeat(101) }],
    ['a display name with a NUL', { displayName: 'a\0b' }],
    ['a display name with a newline', { displayName: 'a\nb' }],
    ['a display name that turns the text around', { displayName: 'a\u202eb' }],
    ['a username of 2 letters', { username: 'ab' }],
    ['a username of 31 letters', { username: 'a'.repeat(31) }],
    ['a username with a blank', { username: 'a b' }],
    ['a username with an @', { username: 'a@b' }],
    ['a username that ends with a dot', { username: 'ada.' }],
    ['a username with a NUL', { username: 'ada\0' }],
    ['a username with a newline at its end', { username: 'ada\n' }],
    ['no language tag', { locale: 'english language' }],
    ['an empty locale', { locale: '' }],
    ['a locale with a NUL', { locale: 'en\0' }],
    ['no time zone', { timezone: 'Mars/Olympus_Mons' }],
    ['an empty time zone', { timezone: '' }],
    ['an offset for a time zone', { timezone: '+02:00' }],
    ['a time zone with a NUL', { timezone: 'UTC\0' }],
  ];
  it('refuses what breaks a rule, and names it: VALIDATION_FAILED', async () => {
    const ada = await signUp(testApp);
    const changed = await changesOf(async () => {
      for (const [kind, input] of hostile) {
        const [field] = Object.keys(input);
        const answer = await update(ada, input);
        expect({ kind, answer }).toMatchObject({
          kind,
          answer: {
            __typename: 'ValidationError',
            code: 'VALIDATION_FAILED',
            issues: [{ path: ['input', field], message: expect.any(String) }],
          },
        });
      }
    });
    expect(changed).toEqual({});
  });

  it('names every broken rule at once', async () => {
    const ada = await signUp(testApp);
    const input = { displayName: '', username: 'a', locale: '!', timezone: '!' };
    const answer = await update(ada, input);
    if (answer?.__typename !== 'ValidationError') throw new Error('It was accepted.');
    expect(answer.issues.map(({ path }) => path[1])).toEqual(Object.keys(input));
  });

  it('is refused to a stranger: UNAUTHENTICATED', async () => {
    const answer = await send(testApp, UpdateProfile, { input: { displayName: 'Mallory' } });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(answer.body.data).toEqual({ updateProfile: null });
  });
});
