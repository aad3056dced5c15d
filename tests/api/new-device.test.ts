import { describe, expect, it } from 'vitest';
import type { SignInInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { listEvents } from '../support/listed-events.ts';
import { allMailsWorked, mailedCode, mailsTo } from '../support/mails.ts';
import { databaseId, type Person, signUp } from '../support/people.ts';
import { ask } from '../support/request.ts';
import { useTestApp } from '../support/test-app.ts';
import { followVisible, nextEvents } from '../support/visible-events.ts';

const SignIn = graphql(`
  mutation NewDeviceSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { session { id } } }
  }
`);
const RequestSignInCode = graphql(`
  mutation NewDeviceRequestSignInCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename }
  }
`);
const SignInWithCode = graphql(`
  mutation NewDeviceSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { ... on AuthPayload { session { id } } }
  }
`);

const laptop = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const updatedLaptop = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0.1) Gecko/20100101 Firefox/146.0.1';
const phone = 'Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0';

type Device = Pick<SignInInput, 'deviceLabel'> & { userAgent: string };

describe('a sign-in', () => {
  const testApp = useTestApp();
  const signIn = async ({ email, password }: Person, { userAgent, deviceLabel }: Device) => {
    const input = { email, password, ...(deviceLabel != null && { deviceLabel }) };
    const answer = await ask(testApp, SignIn, { input }, { userAgent });
    return answer.signIn && 'session' in answer.signIn ? answer.signIn.session.id : null;
  };
  const noticesOf = async (person: Person) => {
    const { items } = await listEvents(testApp, person, { topics: ['SECURITY'] });
    return items.map(({ event }) => 'kind' in event && [event.kind, event.session?.id]);
  };

  it('on a new device is told to the other clients of the user, and by mail', async () => {
    const ada = await signUp(testApp);
    const stream = await followVisible(testApp, ada, { topics: ['SECURITY'] });
    const id = await signIn(ada, { userAgent: phone });
    const [told] = await nextEvents(stream, 1);
    expect(told).toMatchObject({
      topic: 'SECURITY',
      event: { __typename: 'SecurityNotice', kind: 'NEW_DEVICE', session: { id } },
    });
    await stream.leave();
    const [mail] = await mailsTo(testApp, ada.email, 1, /on a new device/);
    expect(mail?.subject).toBe('New sign-in to your account');
    expect(mail?.text).toContain('from the network address 192.0.2.1, with Firefox on Android.');
  });

  it('by code on a new device is told as well', async () => {
    const ada = await signUp(testApp);
    const { email } = ada;
    await ask(testApp, RequestSignInCode, { input: { email } });
    const input = { email, code: await mailedCode(testApp, email) };
    await ask(testApp, SignInWithCode, { input }, { userAgent: phone });
    expect(await noticesOf(ada)).toMatchObject([['NEW_DEVICE', expect.any(String)]]);
  });

  it.each<[string, Device, Device]>([
    ['another program', { userAgent: laptop }, { userAgent: phone }],
    ['a program that does not say what it is', { userAgent: laptop }, { userAgent: '' }],
    [
      'a device of another name',
      { userAgent: phone, deviceLabel: 'Phone' },
      { userAgent: phone, deviceLabel: 'Work phone' },
    ],
  ])('is told once that comes from %s', async (_what, known, unknown) => {
    const ada = await signUp(testApp);
    await signIn(ada, known);
    const first = await signIn(ada, unknown);
    await signIn(ada, unknown);
    const told = await noticesOf(ada);
    expect(told.at(-1)).toEqual(['NEW_DEVICE', first]);
    expect(told).toHaveLength(2);
  });

  it.each<[string, Device, Device]>([
    ['that is the same', { userAgent: laptop }, { userAgent: laptop }],
    ['in another version', { userAgent: laptop }, { userAgent: updatedLaptop }],
    ['that has got a name', { userAgent: phone }, { userAgent: phone, deviceLabel: 'Phone' }],
    ['that has lost its name', { userAgent: phone, deviceLabel: 'Phone' }, { userAgent: phone }],
  ])('is not told that comes from a device %s', async (_how, before, after) => {
    const ada = await signUp(testApp);
    const first = await signIn(ada, before);
    await signIn(ada, after);
    expect(await noticesOf(ada)).toEqual([['NEW_DEVICE', first]]);
  });

  it('is not told that comes from the device of a session that has ended', async () => {
    const ada = await signUp(testApp);
    const id = (await signIn(ada, { userAgent: phone })) ?? '';
    const data = { revokedAt: new Date(), revokeReason: 'SIGNED_OUT' } as const;
    await testApp.database.prisma.session.update({ where: { id: databaseId(id) }, data });
    await signIn(ada, { userAgent: phone });
    expect(await noticesOf(ada)).toEqual([['NEW_DEVICE', id]]);
  });

  it('is not told that is the first of the account', async () => {
    const ada = await signUp(testApp);
    expect(await noticesOf(ada)).toEqual([]);
  });

  it('is told whichever devices others use', async () => {
    const ada = await signUp(testApp);
    const grace = await signUp(testApp, 'Grace Hopper');
    await signIn(grace, { userAgent: phone });
    const id = await signIn(ada, { userAgent: phone });
    expect(await noticesOf(ada)).toEqual([['NEW_DEVICE', id]]);
  });

  it('is told by mail, too, of five devices within an hour, and of more by the event alone', async () => {
    const ada = await signUp(testApp);
    const devices = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'];
    for (const userAgent of devices) await signIn(ada, { userAgent });
    expect(await noticesOf(ada)).toHaveLength(devices.length);
    await allMailsWorked(testApp);
    const mails = await testApp.outbox.list();
    const told = mails.filter(({ to, subject }) => to === ada.email && subject.includes('sign-in'));
    // The sign-up was the first device of this hour.
    expect(told).toHaveLength(4);
  });

  it('that is refused is not told', async () => {
    const ada = await signUp(testApp);
    expect(await signIn({ ...ada, password: 'wrong' }, { userAgent: phone })).toBeNull();
    expect(await noticesOf(ada)).toEqual([]);
  });
});
