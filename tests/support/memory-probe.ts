import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ServerProcess } from './server-process.ts';

/** Environment of a server whose memory is to be read. */
export const probed = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** What a process holds, in bytes. */
export interface Memory {
  /** Objects, and buffers beside the heap. */
  heldBytes: number;
  rssBytes: number;
}

/** Reads the memory of a server through its inspector. */
export interface MemoryProbe {
  /** Reads it once the server has let go of all that it does not need. */
  read(): Promise<Memory>;
  close(): Promise<void>;
}

/** Opens the inspector of a server that was started as `probed` and is ready. */
export async function openMemoryProbe({ errors }: ServerProcess): Promise<MemoryProbe> {
  const [, url = ''] = /Debugger listening on (ws:\S+)/.exec(errors.join('\n')) ?? [];
  const socket = new WebSocket(url);
  await once(socket, 'open');
  let asked = 0;
  async function call(
    method: string,
    params: object = {},
  ): Promise<{ result?: { value?: string } }> {
    asked += 1;
    const id = asked;
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [text] = await once(socket, 'message');
      const message = JSON.parse(String(text));
      if (message.id === id) return message.result;
    }
  }
  return {
    async read() {
      await call('HeapProfiler.collectGarbage');
      const expression = 'JSON.stringify(process.memoryUsage())';
      const { result } = await call('Runtime.evaluate', { expression });
      const { heapUsed, external, rss } = JSON.parse(result?.value ?? '');
      return { heldBytes: heapUsed + external, rssBytes: rss };
    },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
