import { afterAll, beforeAll, beforeEach } from 'vitest';
import { bindHttpServer } from '../../src/server/http-server.ts';
import { announceAccess } from './access-notices.ts';
import { emptyTables } from './migrated-database.ts';
import { startTestApp, type TestApp } from './test-app.ts';

/** A whole instance behind a socket of this machine, on a database of its own. */
export interface ListeningApp extends TestApp {
  /** Origin without a slash at its end. */
  readonly url: string;
  /** Where GraphQL is spoken over WebSockets. */
  readonly webSocketUrl: string;
}

/**
 * Starts an instance that listens once for a test file and empties its tables before each test.
 * Answers an object that is filled in by then.
 */
export function useListeningApp(environment: Record<string, string> = {}): ListeningApp {
  const running: Partial<ListeningApp> & { stop?: () => Promise<void> } = {};
  beforeAll(async () => {
    Object.assign(running, await startListeningApp(environment));
  });
  beforeEach(async () => {
    if (!running.database) return;
    await emptyTables(running.database);
    await announceAccess({ database: running.database }, 'everybody');
  });
  afterAll(() => running.stop?.());
  return running as ListeningApp;
}

/** Starts an instance that listens; whoever starts it stops it. */
export async function startListeningApp(
  environment: Record<string, string> = {},
): Promise<ListeningApp & { stop(): Promise<void> }> {
  const testApp = await startTestApp(environment);
  const { respond } = testApp.app;
  const server = await bindHttpServer({ host: '127.0.0.1', port: 0 }, respond);
  server.serve(testApp.app);
  return {
    ...testApp,
    url: `http://127.0.0.1:${server.port}`,
    webSocketUrl: `ws://127.0.0.1:${server.port}/graphql`,
    async stop() {
      await server.stop(0);
      await testApp.stop();
    },
  };
}
