import { randomUUID } from 'node:crypto';
import type { Origin } from '../../src/platform/origin.ts';
import { mailedCode, mailedToken } from './mails.ts';
import { signUp, verificationToken } from './people.ts';
import type { TestApp } from './test-app.ts';

/** What mails carry, each made for one cell of the matrix, which may use it up. */
export interface MailedSecrets {
  signUpToken(): Promise<string>;
  resetToken(): Promise<string>;
  emailChangeToken(): Promise<string>;
  signInCode(): Promise<{ email: string; code: string }>;
}

/** Makes an address that nobody has. */
export const freshAddress = () => `${randomUUID()}@example.com`;

/** Asks for mails by the services, and takes out of them what they carry. */
export function createMailedSecrets(testApp: TestApp, origin: Origin): MailedSecrets {
  const { services } = testApp.app;
  const anywhere = () => ({ ...origin, ipAddress: randomUUID() });
  return {
    async signUpToken() {
      const email = freshAddress();
      const request = { email, password: 'nine otters under the pier', displayName: 'Eve' };
      await services.registration.signUp(anywhere(), request);
      return verificationToken(testApp, email);
    },
    async resetToken() {
      const { email } = await signUp(testApp);
      await services.recovery.requestPasswordReset(anywhere(), email);
      return mailedToken(testApp, email, 'reset-password');
    },
    async emailChangeToken() {
      const { userId, sessionId } = await signUp(testApp);
      const viewer = {
        userId,
        sessionId,
        proofAgeMs: 0,
        permissions: new Set<never>(),
        roleKeys: new Set<never>(),
      };
      const email = freshAddress();
      await services.emailChange.requestEmailChange(anywhere(), viewer, email);
      return mailedToken(testApp, email, 'confirm-email-change');
    },
    async signInCode() {
      const { email } = await signUp(testApp);
      await services.codeSignIn.requestSignInCode(anywhere(), email);
      return { email, code: await mailedCode(testApp, email) };
    },
  };
}
