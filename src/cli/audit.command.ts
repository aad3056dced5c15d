import { Command, InvalidArgumentError } from 'commander';
import type { AuditVerification } from '../platform/audit-trail/verification.ts';
import { verifyAuditTrail } from '../platform/audit-trail/verify.ts';
import { withServer } from './open-server.ts';
import { createProgress, examples, type Report, reporting } from './reporting.ts';
import { details, moment } from './text.ts';

/** A place of the chain that somebody wrote down. */
interface KeptPlace {
  position: bigint;
  hash: string;
}

/** Builds the commands about the audit trail. */
export function auditCommand(): Command {
  const verify = new Command('verify')
    .description('check the whole chain of the audit trail; names the first row that does not hold')
    .option(
      '--kept <position:hash>',
      'a place of the chain that was logged or written down; may be given again',
      readPlace,
      [],
    )
    .addHelpText('after', examples('audit verify', 'audit verify --json'))
    .action(
      reporting(({ kept }: { kept: KeptPlace[] }) =>
        withServer(async ({ database }) => {
          const progress = createProgress('Links');
          const found = await verifyAuditTrail(database, {
            onProgress: ({ links }) => progress.tell(links),
            keptCheckpoints: kept,
          });
          progress.end();
          return describe(found);
        }),
      ),
    );
  return new Command('audit').description('look after the audit trail').addCommand(verify);
}

function readPlace(text: string, before: KeptPlace[]): KeptPlace[] {
  const [, position, hash] = /^([1-9]\d{0,17}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || hash === undefined) {
    throw new InvalidArgumentError('It must be a position and a hash of 64 digits in hexadecimal.');
  }
  return [...before, { position: BigInt(position), hash }];
}

function describe({ head, broken, ...counts }: AuditVerification): Report {
  const { position, hash } = head;
  const { links, origins, erasedOrigins, uncoveredOrigins, checkpoints, waiting } = counts;
  const place = broken && { ...broken, position: broken.position && Number(broken.position) };
  return {
    data: { ...counts, head: { position: Number(position), hash }, broken: place },
    text: details({
      'links that hold': String(links),
      'with details': `${origins}, ${erasedOrigins} erased, ${uncoveredOrigins} not covered`,
      checkpoints: String(checkpoints),
      'signed by': counts.checkpointKeys.join(' ') || '-',
      'last that holds': `${position}:${hash}`,
      'not linked yet': `${waiting}, oldest of ${moment(counts.waitingSince)}`,
      'first broken row': broken
        ? `${broken.fault} at ${broken.position ?? '-'}, event ${broken.auditEventId ?? '-'}`
        : 'none',
    }),
    ...(broken && { failure: 'The audit trail does not hold.' }),
  };
}
