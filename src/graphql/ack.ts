import { builder } from './builder.ts';

/** What `Ack` shows of a mutation that has nothing else to tell. */
export const acknowledged = { ok: true };

/** The answer of a mutation that has nothing else to tell. */
export const Ack = builder.objectRef<typeof acknowledged>('Ack').implement({
  description: 'It was done.',
  fields: (t) => ({ ok: t.exposeBoolean('ok', { description: 'Always true.' }) }),
});
