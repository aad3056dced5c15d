import { samplePassword } from '../prisma/seed.ts';
import type { Config } from './config.ts';
import { outboxPath } from './server/outbox-page.ts';

/** Writes for the person at the terminal where everything is; for a development server only. */
export function announce(config: Config, write: (text: string) => void): void {
  write(`
  Latchkey is ready.

    GraphQL   ${config.publicUrl}/graphql
    Mails     ${config.publicUrl}${outboxPath}   (nothing is sent: mails can be read here)
    Health    ${config.publicUrl}/health

    Sample accounts, password "${samplePassword}":
      admin@example.com   may do everything
      ada@example.com     an ordinary user

`);
}
