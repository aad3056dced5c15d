import autocannon from 'autocannon';
import { percentile } from './figures.ts';
import type { SystemRequest } from './system.ts';

/** What one connection asks again and again, and the only answer that is right. */
export interface LoadClient extends SystemRequest {
  /** The body, byte for byte; its status is 200. */
  expected: string;
}

/** One stretch of load. */
export interface LoadOrder {
  url: string;
  seconds: number;
  clients: readonly LoadClient[];
}

/** What came of it. */
export interface LoadResult {
  seconds: number;
  answers: number;
  p50Ms: number;
  p99Ms: number;
  /** Why it does not count: answers that were wrong, or did not come; null where it does. */
  fault: string | null;
}

const sampleLength = 300;

async function run({ url, seconds, clients }: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  let wrong = 0;
  let sample = '';
  let opened = 0;
  const ended = Promise.withResolvers<autocannon.Result>();
  const settings: autocannon.Options = {
    url,
    connections: clients.length,
    duration: seconds,
    // It ends with the first sample after its time.
    sampleInt: 50,
    setupClient(connection) {
      const client = clients[opened++ % clients.length];
      if (client === undefined) return;
      const { expected, ...request } = client;
      const onResponse = (status: number, body: string) => {
        if (status === 200 && body === expected) return;
        wrong++;
        sample ||= `${status} ${body.slice(0, sampleLength)}`;
      };
      connection.setRequests([{ ...request, onResponse }]);
    },
  };
  autocannon(settings, (error, result) => (error ? ended.reject(error) : ended.resolve(result))).on(
    'response',
    (_client, _status, _bytes, tookMs) => latencies.push(tookMs),
  );
  const { duration, errors } = await ended.promise;
  const faults = [
    ...(latencies.length === 0 ? ['no answer came'] : []),
    ...(errors > 0 ? [`${errors} requests failed`] : []),
    ...(wrong > 0 ? [`${wrong} answers were not as expected, the first: ${sample}`] : []),
  ];
  return {
    seconds: duration,
    answers: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    fault: faults.join('; ') || null,
  };
}

process.on('message', (order: LoadOrder) => {
  void run(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
