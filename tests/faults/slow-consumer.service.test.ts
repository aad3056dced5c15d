import { expect, it } from 'vitest';
import { answerBytes, controlEvents, overwhelm } from '../support/slow-consumer.ts';

const events = 4_000;
const mostBytes = (events * answerBytes) / 2;

it('a socket that nobody reads costs the server little, and those who read nothing', {
  timeout: 600_000,
}, async () => {
  const { control, burdened, fate, healthy } = await overwhelm(events);
  expect(burdened.heldBytes - control.heldBytes).toBeLessThan(mostBytes);
  expect(['SLOW_CONSUMER', 'closed']).toContain(fate);
  const all = controlEvents + events;
  const whole = { events: all, distinct: all, gaps: 0 };
  expect(healthy).toEqual([whole, whole]);
});
