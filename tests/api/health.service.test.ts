import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openDatabase } from '../../src/platform/database/connect.ts';
import { createLog } from '../../src/platform/log.ts';
import { type Person, signUp } from '../support/people.ts';
import {
  createScratchDatabase,
  postgresSettings,
  type ScratchDatabase,
  testServerUrl,
} from '../support/postgres-server.ts';
import { bodyOf, fetchFrom, postGraphql } from '../support/raw-request.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describe('an instance whose database server cannot be reached for a while', () => {
  let scratch: ScratchDatabase;
  let proxy: TcpProxy;
  let testApp: TestApp & { stop(): Promise<void> };
  let ada: Person;
  beforeAll(async () => {
    const template = inject('databaseTemplate');
    scratch = await createScratchDatabase(template.kind === 'postgres' ? template.name : undefined);
    const server = new URL(testServerUrl());
    proxy = await startTcpProxy(server.hostname, Number(server.port || 5432));
    const url = new URL(scratch.url);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const log = createLog({ level: 'silent', format: 'json' });
    testApp = await startTestApp({}, () => openDatabase(postgresSettings(url.href), log));
    ada = await signUp(testApp);
  });
  afterAll(async () => {
    await testApp.stop();
    await proxy.close();
    await scratch.drop();
  });

  const ready = () => fetchFrom(testApp, '/health/ready');
  const askWho = () =>
    postGraphql(
      testApp,
      { query: '{ me { id } }' },
      { authorization: `Bearer ${ada.accessToken}` },
    );

  it('says so, refuses what it cannot do, and serves again by itself', async () => {
    expect((await ready()).status).toBe(200);
    await proxy.cut();
    const answer = await ready();
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'unavailable', failing: ['database'] });
    expect((await fetchFrom(testApp, '/health/live')).status).toBe(200);
    const refused = await askWho();
    expect(refused.status).toBe(503);
    expect(bodyOf(refused)).toEqual({
      errors: [
        { message: 'Not available right now.', extensions: { code: 'SERVICE_UNAVAILABLE' } },
      ],
    });
    await proxy.restore();
    await vi.waitFor(async () => expect((await ready()).status).toBe(200), { timeout: 10_000 });
    expect(bodyOf(await askWho())).toEqual({ data: { me: { id: ada.id } } });
  });
});
