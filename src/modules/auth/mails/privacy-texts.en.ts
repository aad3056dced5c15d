import type { PrivacyKind, SomeTexts } from './mail-texts.ts';

/** Says in English what is kept of a person, and until when. */
export const privacyInEnglish: SomeTexts<PrivacyKind> = (date, when) => ({
  'deletion-scheduled': ({ done, dueAt }) => ({
    subject: 'Your account will be deleted',
    paragraphs: [
      `The deletion of your account was asked for ${when(done)}.`,
      `It will be deleted on ${date(dueAt)}, with everything that is kept about you. Nobody can bring it back after that.`,
      'Until then it is as it was: to keep it, sign in and call the deletion off.',
    ],
    action: 'Go to the sign-in',
    footer: [
      'If it was not you, call the deletion off and choose a new password: it ends every session of your account.',
    ],
  }),
  'deletion-cancelled': ({ done }) => ({
    subject: 'Your account will be kept',
    paragraphs: [
      `The deletion of your account was called off ${when(done)}.`,
      'If it was you, there is nothing to do.',
      'If it was not you, choose a new password at once, which ends every session of your account, and ask for the deletion again.',
    ],
    action: 'Choose a new password',
    footer: [],
  }),
  'account-deleted': ({ at, wished }) => ({
    subject: 'Your account was deleted',
    paragraphs: [
      wished
        ? `Your account was deleted on ${date(at)}, as you asked.`
        : `Your account was deleted by an administrator on ${date(at)}.`,
      'It cannot be brought back. This address is free again.',
    ],
    footer: ['If you did not expect this, write to whoever runs this service.'],
  }),
  'data-export-ready': ({ until }) => ({
    subject: 'Your data is ready',
    paragraphs: [
      'What is kept about you has been put together, as you asked.',
      `Sign in to download it. It is there until ${date(until)}, for you alone.`,
    ],
    action: 'Go to the sign-in',
    footer: [
      'If you did not ask for it, choose a new password: it ends every session of your account.',
    ],
  }),
});
