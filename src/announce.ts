import { samplePassword } from '../prisma/seed.ts';
import { outboxUrl } from './app.ts';
import type { Config } from './config.ts';

/** Writes for the person at the terminal where everything is; for a development server only. */
export function announce(config: Config, write: (text: string) => void): void {
  write(`
  Latchkey is ready.

    GraphQL   ${config.publicUrl}/graphql
    Mails     ${outboxUrl(config)}   (nothing is sent: mails can be read here)
    Health    ${config.publicUrl}/health

    Sample accounts, password "${samplePassword}":
      admin@example.com   may do everything
      ada@example.com     an ordinary user

`);
}
