import type { Foundation, ServiceParts } from './app-ground.ts';
import {
  createSuspensionEnds,
  periodicSuspensionEnd,
} from './modules/administration/suspension-end.ts';
import { periodicLinking } from './modules/audit/checkpoint.service.ts';
import { createMailWorker } from './modules/auth/auth.mails.ts';
import { periodicRotation } from './modules/auth/signing-key.service.ts';
import { periodicPresenceLook } from './modules/presence/presence-keeper.ts';
import {
  createDataExportWorker,
  periodicExportPruning,
} from './modules/privacy/data-export.worker.ts';
import { createDueDeletions, periodicDeletion } from './modules/privacy/due-deletions.ts';
import { createEmptyAccount } from './modules/privacy/empty-account.ts';
import { periodicEventPruning } from './platform/event-log/retention.ts';
import { periodicKeyPruning } from './platform/idempotency.ts';
import type { PeriodicWork } from './platform/jobs/periodic.ts';
import type { MailTransport } from './platform/mail/mail.ts';
import type { Outbox } from './platform/mail/outbox-transport.ts';
import { outboxPath } from './server/outbox-page.ts';

/** What background work is wired from. */
export interface BackgroundParts extends ServiceParts {
  mails: MailTransport;
  /** The same as `mails` on a development server, where people can look into it. */
  outbox: Outbox | null;
}

/** What an instance does besides answering. */
export interface Background {
  /** Works the jobs of each queue. */
  handlers: NonNullable<Parameters<Foundation['queue']['start']>[0]>;
  /** What is done from time to time. */
  periodic: PeriodicWork[];
}

/** Wires what is done in the background; begins nothing of it. */
export function createBackground(parts: BackgroundParts, foundation: Foundation): Background {
  const { config, database, clock, log, mails, outbox } = parts;
  const { commit, keyring, rotation, keys, presenceKeeper } = foundation;
  const suspensionEnds = createSuspensionEnds({ database, commit });
  const dueDeletions = createDueDeletions({ database, commit, clock, log });
  const emptyAccount = createEmptyAccount(database);
  const exportParts = { database, commit, clock };
  return {
    handlers: {
      mail: createMailWorker({
        database,
        transport: mails,
        keyring,
        clock,
        sender: config,
        onSent: (mail) =>
          log.info(
            { ...mail, ...(outbox && { readAt: `${config.publicUrl}${outboxPath}` }) },
            'mail',
          ),
      }),
      'suspension-end': ({ userId }) => suspensionEnds.carryOut(userId),
      'account-deletion': ({ userId }) => dueDeletions.carryOut(userId),
      'account-emptying': ({ userId }, { signal }) => emptyAccount(userId, signal),
      'data-export': createDataExportWorker(exportParts),
    },
    periodic: [
      periodicRotation(rotation),
      periodicLinking({ database, keys, clock, log, issuer: config.publicUrl }),
      periodicKeyPruning(database),
      periodicEventPruning(database, config.eventRetention),
      periodicSuspensionEnd(suspensionEnds),
      periodicDeletion(dueDeletions),
      periodicExportPruning(exportParts),
      periodicPresenceLook(presenceKeeper),
    ],
  };
}
