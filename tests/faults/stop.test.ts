import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setInterval } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openServerYard, type ServerYard } from '../support/server-process.ts';

let yard: ServerYard;

beforeAll(async () => {
  yard = await openServerYard();
});
afterEach(() => yard.killAll());
afterAll(() => yard.close());

/** Longer than any test, so that what ends before did not end by it. */
const environment = { SHUTDOWN_GRACE_SECONDS: '300' };

const body = JSON.stringify({ query: '{ authConfig { passwordMinLength } }' });

/** Begins a request over a connection that is kept, and resolves while the server awaits its body. */
async function beginRequest(url: string): Promise<{ finish(): Promise<string> }> {
  const running = request(`${url}/graphql`, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  // Ends with the server where a test leaves it open.
  running.on('error', () => undefined);
  running.flushHeaders();
  await once(running, 'continue');
  return {
    finish: async () => {
      running.end(body);
      const [response] = (await once(running, 'response')) as [IncomingMessage];
      return await text(response);
    },
  };
}

describe('a server that is told to stop', { timeout: 60_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes what runs, takes nothing new and exits with 0: %s',
    async (signal) => {
      const server = yard.start(environment);
      const url = await server.ready();
      const running = await beginRequest(url);
      server.signal(signal);
      await server.logged('stopping');
      await expect(fetch(`${url}/health`)).rejects.toThrow();
      expect(JSON.parse(await running.finish())).toEqual({
        data: { authConfig: { passwordMinLength: 15 } },
      });
      expect(await server.exited).toBe(0);
      await server.logged('stopped');
    },
  );

  it('exits with 0 at once when nothing runs, though clients keep their connections', async () => {
    const server = yard.start(environment);
    const url = await server.ready();
    await (await fetch(`${url}/health`)).text();
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });

  it('cuts off what still runs when the grace is over', async () => {
    const server = yard.start({ SHUTDOWN_GRACE_SECONDS: '1' });
    await beginRequest(await server.ready());
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });

  it('ends at once when it is told again', async () => {
    const server = yard.start(environment);
    await beginRequest(await server.ready());
    server.signal('SIGTERM');
    await server.logged('stopping');
    let running = true;
    const ended = server.exited.finally(() => {
      running = false;
    });
    for await (const _ of setInterval(100)) {
      if (!running) break;
      server.signal('SIGTERM');
    }
    expect(await ended).toBe(1);
  });

  it('comes to its end also when nobody reads the log any more', async () => {
    const server = yard.start();
    await server.ready();
    server.stopReading();
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });

  it('takes a signal that npm passes on as well for the same one', async () => {
    const server = yard.start(environment);
    const running = await beginRequest(await server.ready());
    // Two kinds, because the system merges two of one kind.
    server.signal('SIGINT');
    server.signal('SIGTERM');
    await server.logged('stopping');
    await running.finish();
    expect(await server.exited).toBe(0);
  });
});
