import type { Letter, LetterFacts, LetterKind } from './letter.ts';

const asked = {
  at: new Date('2026-11-21T09:30:00Z'),
  ipAddress: '192.0.2.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
};
const until = new Date('2026-11-21T10:00:00Z');
const token = 'SAMPLE';

type Sample<Kind extends LetterKind> = {
  facts: LetterFacts[Kind];
  link?: string;
  code?: string;
};

const samples: { [Kind in LetterKind]: Sample<Kind> } = {
  'verify-email': { facts: { asked, until }, link: `/verify-email#token=${token}` },
  'account-exists': { facts: { asked }, link: '' },
  welcome: { facts: { name: 'Ada Lovelace' }, link: '' },
  'reset-password': { facts: { asked, until }, link: `/reset-password#token=${token}` },
  invitation: { facts: { until }, link: `/accept-invite#token=${token}` },
  'sign-in-code': { facts: { asked, until }, code: '042424' },
  'no-account': { facts: { asked } },
  'change-email': { facts: { asked, until }, link: `/confirm-email-change#token=${token}` },
  'address-taken': { facts: { asked } },
  'email-change-warning': {
    facts: { asked, newAddress: 'a***@e***.org' },
    link: '/reset-password',
  },
  'new-device': { facts: { done: asked }, link: '/reset-password' },
  'password-changed': { facts: { done: asked }, link: '/reset-password' },
  'email-changed': { facts: { done: asked } },
  'token-reused': { facts: { done: asked }, link: '/reset-password' },
  'deletion-scheduled': { facts: { done: asked, dueAt: until }, link: '' },
  'deletion-cancelled': { facts: { done: asked }, link: '/reset-password' },
  'account-deleted': { facts: { at: asked.at, wished: true } },
  'data-export-ready': { facts: { until }, link: '' },
};

/** Lists the kinds of mail. */
export const letterKinds = Object.keys(samples) as LetterKind[];

/** Makes up a letter of a kind, to be looked at. */
export function sampleLetter(kind: LetterKind, locale: string | null): Letter {
  return { kind, to: 'ada@example.com', locale, ...samples[kind] } as Letter;
}
