// Run as a process of its own: `node mail-process.ts DATA_DIR SMTP_URL commit|deliver`.
// Prints `committed` once the job is stored and `delivering` when its handler runs.
import { openEmbedded } from '../../src/platform/database/embedded.ts';
import { createJobQueue } from '../../src/platform/jobs/queue.ts';
import { createLog } from '../../src/platform/log.ts';
import { messageIdOf } from '../../src/platform/mail/mail.ts';
import { createSmtpTransport } from '../../src/platform/mail/smtp-transport.ts';

interface Jobs {
  greet: { address: string };
}

const [dataDir = '', url = '', task = ''] = process.argv.slice(2);
const database = await openEmbedded({ kind: 'embedded', dataDir });
const transport = createSmtpTransport({
  url,
  from: 'no-reply@latchkey.example',
  answerTimeoutMs: 20_000,
  sendTimeoutMs: 20_000,
});
const queue = createJobQueue<Jobs>({
  database,
  log: createLog({ level: 'silent', format: 'json' }),
  queues: {
    greet: {
      retryLimit: 3,
      retryDelaySeconds: 1,
      retryDelayMaxSeconds: 1,
      timeoutSeconds: 30,
      concurrency: 1,
      urgent: true,
    },
  },
});

await (task === 'deliver'
  ? queue.start({
      async greet({ address }, { id }) {
        console.log('delivering');
        const messageId = messageIdOf(id, 'https://latchkey.example');
        const content = { subject: 'Hello', text: 'Hello.', html: '<p>Hello.</p>' };
        await transport.send({ to: address, messageId, ...content });
      },
    })
  : queue.start());
if (task === 'commit') {
  await database.prisma.$transaction((tx) =>
    queue.enqueue(tx, 'greet', { address: 'ada@example.org' }),
  );
  console.log('committed');
}
// Until it is killed.
setInterval(() => {}, 60_000);
