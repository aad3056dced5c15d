import type { SignUp } from '../../../generated/prisma/client.ts';
import { issueOneTimeToken } from '../../../platform/one-time-token.ts';
import type { AuthMail } from '../auth.jobs.ts';
import type { Letter, LetterParts, Occasion } from './letter.ts';

type SignUpMail = Extract<AuthMail, { kind: `verify-email${string}` }>;

const maxMailsAgain = 3;

/** Finds what a sign-up's mail is to say: a link for each that is open, or that there is an account. */
export async function findSignUpLetters(
  parts: LetterParts,
  mail: SignUpMail,
  enqueuedAt: Date,
): Promise<Letter[]> {
  const { prisma, keyring } = parts;
  const signUps = await findOpenSignUps(parts, mail);
  const to = mail.kind === 'verify-email-again' ? mail.email : signUps[0]?.email;
  if (to === undefined) return [];
  const account = await prisma.user.findUnique({ where: { email: to }, select: { locale: true } });
  if (account !== null) {
    const asked = occasionOf(mail, signUps, enqueuedAt);
    return [{ kind: 'account-exists', to, locale: account.locale, facts: { asked }, link: '' }];
  }
  // Nothing that the stranger typed, such as a name, is repeated: the address may be somebody else's.
  return signUps.map((signUp) => ({
    kind: 'verify-email',
    to,
    locale: signUp.locale,
    facts: { asked: { ...signUp, at: signUp.createdAt }, until: signUp.expiresAt },
    link: `/verify-email#token=${issueOneTimeToken(keyring, 'verify-email', signUp.id)}`,
  }));
}

async function findOpenSignUps(
  { prisma, clock }: LetterParts,
  mail: SignUpMail,
): Promise<SignUp[]> {
  const open = { expiresAt: { gt: clock() } };
  if (mail.kind === 'verify-email') {
    return prisma.signUp.findMany({ where: { id: mail.signUpId, ...open } });
  }
  const find = (from: { ipAddress?: string }) =>
    prisma.signUp.findMany({
      where: { email: mail.email, ...open, ...from },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: maxMailsAgain,
    });
  // Those of whoever asks, if there are any: others may have signed up with the address since.
  const own = mail.ipAddress ? await find({ ipAddress: mail.ipAddress }) : [];
  return own.length > 0 ? own : find({});
}

function occasionOf(mail: SignUpMail, [signUp]: SignUp[], enqueuedAt: Date): Occasion {
  if (mail.kind === 'verify-email' && signUp) return { ...signUp, at: signUp.createdAt };
  return { ipAddress: null, userAgent: null, ...mail, at: enqueuedAt };
}
