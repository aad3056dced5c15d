import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createIdempotency, periodicKeyPruning } from '../../src/platform/idempotency.ts';
import { createKeyring } from '../../src/platform/keyring.ts';
import type { CreateUserInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { allMailsWorked } from '../support/mails.ts';
import { type Person, signUpAdmin } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';

const CreateOnce = graphql(`
  mutation CreateOnce($input: CreateUserInput!) {
    createUser(input: $input) {
      __typename
      ... on User { id displayName }
      ... on ConflictError { path }
    }
  }
`);

const testApp = useTestApp();
const conflict = { __typename: 'ConflictError', path: ['input', 'idempotencyKey'] };

let admin: Person;
let input: CreateUserInput;
beforeEach(async () => {
  admin = await signUpAdmin(testApp);
  input = {
    email: `${randomUUID()}@example.com`,
    displayName: 'Grace',
    idempotencyKey: 'order 66',
  };
});

const create = async (change: Partial<CreateUserInput> = {}, by = admin) =>
  (await ask(testApp, CreateOnce, { input: { ...input, ...change } }, by)).createUser;
const countUsers = () => testApp.database.prisma.user.count({ where: { email: input.email } });

describe('an idempotency key', () => {
  it('answers the repetition with what was made, as it is by now', async () => {
    const made = await create();
    expect(made).toMatchObject({ __typename: 'User', displayName: 'Grace' });
    expect(await create()).toEqual(made);
    const where = { email: input.email };
    await testApp.database.prisma.user.update({ where, data: { displayName: 'Amazing Grace' } });
    expect(await create()).toEqual({ ...made, displayName: 'Amazing Grace' });
    expect(await countUsers()).toBe(1);
    await allMailsWorked(testApp);
    const invites = (await testApp.outbox.list()).filter(({ to }) => to === input.email);
    expect(invites).toHaveLength(1);
  });

  it('refuses another input: CONFLICT', async () => {
    await create();
    expect(await create({ displayName: 'Eve' })).toEqual(conflict);
    expect(await create({ email: `${randomUUID()}@example.com` })).toEqual(conflict);
    expect(await create({ sendInvite: false })).toEqual(conflict);
  });

  it('is of one viewer', async () => {
    await create();
    const other = await create({}, await signUpAdmin(testApp));
    expect(other).toEqual({ __typename: 'ConflictError', path: ['input', 'email'] });
  });

  it('is free again when the call failed', async () => {
    await create({ idempotencyKey: null });
    expect(await create()).toEqual({ __typename: 'ConflictError', path: ['input', 'email'] });
    const email = `${randomUUID()}@example.com`;
    expect(await create({ email })).toMatchObject({ __typename: 'User' });
  });

  it('answers all of several calls at once with the one user', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => create()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ __typename: 'User' });
    expect(await countUsers()).toBe(1);
  });

  it('says so when what was made is gone: CONFLICT', async () => {
    await create();
    await testApp.database.prisma.user.delete({ where: { email: input.email } });
    expect(await create()).toEqual(conflict);
  });

  it('keeps neither the key nor the input', async () => {
    await create();
    const [row] = await testApp.database.prisma.idempotencyKey.findMany();
    const kept = Buffer.concat([row?.key ?? Buffer.of(), row?.inputDigest ?? Buffer.of()]);
    expect(kept).toHaveLength(64);
    expect(kept.includes('order 66')).toBe(false);
  });

  it('is known by the SECRET_KEY before, too', async () => {
    const { prisma } = testApp.database;
    const call = { userId: admin.userId, operation: 'test', key: 'k', input: { a: 1, b: [2] } };
    const [before, after] = ['the secret of a server, once', 'the secret of a server, now'];
    const old = createIdempotency(createKeyring(before, null));
    const rotated = createIdempotency(createKeyring(after, before));
    const [one, other] = [randomUUID(), randomUUID()];
    expect(await prisma.$transaction((tx) => old.claim(tx, call, one))).toBe(one);
    const again = { ...call, input: { b: [2], a: 1 } };
    expect(await prisma.$transaction((tx) => rotated.claim(tx, again, other))).toBe(one);
    const changed = { ...call, input: { a: 1, b: [3] } };
    await expect(
      prisma.$transaction((tx) => rotated.claim(tx, changed, other)),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is forgotten after a day', async () => {
    const { prisma } = testApp.database;
    const { work } = periodicKeyPruning({ prisma });
    await create();
    await work();
    expect(await prisma.idempotencyKey.count()).toBe(1);
    await prisma.$executeRaw`UPDATE idempotency_key SET created_at = now() - interval '25 hours'`;
    await work();
    expect(await prisma.idempotencyKey.count()).toBe(0);
  });
});
