import { type Device, describeDevice } from './device.ts';
import type { Occasion } from './letter.ts';
import type { Language, WriteDate } from './mail-texts.ts';
import { privacyInEnglish } from './privacy-texts.en.ts';

const nothingToDo = 'If it was not you, do nothing: the account is as it was.';
const resetAction = 'Choose a new password';
const notYou =
  'If it was not you, choose a new password at once: it ends every session of your account.';

/** Says every mail in English. */
export const english: Language = (date) => {
  const when = (occasion: Occasion) => whenAndWhere(date, occasion);
  const once = (until: Date) => `The link works once, until ${date(until)}.`;
  return {
    'verify-email': ({ asked, until }) => ({
      subject: 'Confirm your e-mail address',
      paragraphs: [
        `Somebody signed up with this address ${when(asked)}.`,
        `If it was you, confirm the address to finish. ${once(until)}`,
      ],
      action: 'Confirm the address',
      footer: ['If it was not you, do nothing: without the confirmation there is no account.'],
    }),
    'account-exists': ({ asked }) => ({
      subject: 'You have an account already',
      paragraphs: [
        `Somebody signed up with this address, or asked for the confirmation mail again, ${when(asked)}.`,
        'There is an account with it already: sign in instead.',
      ],
      action: 'Go to the sign-in',
      footer: [nothingToDo],
    }),
    welcome: ({ name }) => ({
      subject: 'Welcome',
      paragraphs: [
        `Hello ${name},`,
        'Your address is confirmed and your account is ready. You can sign in now.',
      ],
      action: 'Go to the sign-in',
      footer: ['We write to this address when something important happens to your account.'],
    }),
    'reset-password': ({ asked, until }) => ({
      subject: 'Choose a new password',
      paragraphs: [
        `Somebody asked for a new password for your account ${when(asked)}.`,
        `If it was you, choose one. It ends every session of your account. ${once(until)}`,
      ],
      action: resetAction,
      footer: ['If it was not you, do nothing: your password stays as it is.'],
    }),
    invitation: ({ until }) => ({
      subject: 'You are invited',
      paragraphs: [
        'Whoever runs this service has made an account for you.',
        `Choose a password to use it. ${once(until)}`,
      ],
      action: 'Choose a password',
      footer: ['If you do not know what this is about, do nothing.'],
    }),
    'sign-in-code': ({ asked, until }) => ({
      subject: 'Your sign-in code',
      paragraphs: [
        `Somebody wants to sign in to your account ${when(asked)}.`,
        `If it is you, type this code where you were asked for it. It works once, until ${date(until)}.`,
      ],
      footer: ['If it is not you, do nothing. Give the code to nobody, whoever they say they are.'],
    }),
    'no-account': ({ asked }) => ({
      subject: 'You have no account here',
      paragraphs: [
        `Somebody wanted to sign in with this address, or asked for a new password, ${when(asked)}.`,
        'There is no account with it. If it was you, you may have signed up with another address.',
      ],
      footer: ['If it was not you, do nothing.'],
    }),
    'change-email': ({ asked, until }) => ({
      subject: 'Confirm your new e-mail address',
      paragraphs: [
        `Somebody asked to make this the address of their account ${when(asked)}.`,
        `If it was you, confirm the address. ${once(until)}`,
      ],
      action: 'Confirm the new address',
      footer: ['If it was not you, do nothing: without the confirmation nothing changes.'],
    }),
    'address-taken': ({ asked }) => ({
      subject: 'This address has an account already',
      paragraphs: [
        `Somebody asked to make this the address of another account ${when(asked)}.`,
        'It cannot be: there is an account with it already.',
      ],
      footer: [nothingToDo],
    }),
    'email-change-warning': ({ asked, newAddress }) => ({
      subject: 'Your e-mail address is to change',
      paragraphs: [
        `Somebody asked to replace this address of your account by another, ${newAddress}, ${when(asked)}.`,
        'It changes once the other address is confirmed. If it was you, there is nothing to do here.',
        notYou,
      ],
      action: resetAction,
      footer: [],
    }),
    'new-device': ({ done }) => ({
      subject: 'New sign-in to your account',
      paragraphs: [
        `Somebody signed in to your account on a new device, ${when(done)}.`,
        'If it was you, there is nothing to do.',
        notYou,
      ],
      action: resetAction,
      footer: [],
    }),
    'password-changed': ({ done }) => ({
      subject: 'Your password was changed',
      paragraphs: [
        `The password of your account was changed ${when(done)}.`,
        'If it was you, there is nothing to do.',
        notYou,
      ],
      action: resetAction,
      footer: [],
    }),
    'email-changed': ({ done }) => ({
      subject: 'Your e-mail address was changed',
      paragraphs: [
        `The address of your account was changed ${when(done)}. Our mails go to the new one from now on.`,
        'If it was not you, tell whoever runs this service at once.',
      ],
      footer: ['If it was you, there is nothing to do.'],
    }),
    'token-reused': ({ done }) => ({
      subject: 'A session of yours was ended',
      paragraphs: [
        `A key to your account that had been replaced was used once more ${when(done)}. Somebody may have copied it, so the session was ended.`,
        'If a device asks you to sign in again, that is why.',
        'If you cannot explain it, choose a new password: it ends every session of your account.',
      ],
      action: resetAction,
      footer: [],
    }),
    ...privacyInEnglish(date, when),
  };
};

function whenAndWhere(date: WriteDate, { at, ipAddress, userAgent }: Occasion): string {
  const device = describeDevice(userAgent);
  return [
    `on ${date(at)}`,
    ...(ipAddress === null ? [] : [`from the network address ${ipAddress}`]),
    ...(device === null ? [] : [`with ${nameOf(device)}`]),
  ].join(', ');
}

function nameOf({ browser, system }: Device): string {
  return `${browser ?? 'a program'}${system === null ? '' : ` on ${system}`}`;
}
