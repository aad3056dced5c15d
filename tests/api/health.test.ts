import { describe, expect, it } from 'vitest';
import { openTestDatabase } from '../support/migrated-database.ts';
import { fetchFrom } from '../support/raw-request.ts';
import { startTestApp, useTestApp } from '../support/test-app.ts';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('the health', () => {
  const testApp = useTestApp();

  it.each(['/health', '/health/live', '/health/ready'])('is well at %s', async (path) => {
    const answer = await fetchFrom(testApp, path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const body = JSON.parse(answer.text);
    expect(Object.keys(body)).toEqual(['status', 'timestamp']);
    expect(body.status).toBe('ok');
    expect(body.timestamp).toMatch(rfc3339);
  });

  it('needs no token and minds none', async () => {
    const headers = { authorization: 'Bearer stale' };
    expect((await fetchFrom(testApp, '/health/ready', { headers })).status).toBe(200);
  });

  it('is logged for those who look closely only', async () => {
    await fetchFrom(testApp, '/health/live');
    expect(testApp.logged.lines.at(-1)).toMatchObject({
      msg: 'request',
      level: testApp.logged.log.levels.values.debug,
      method: 'GET',
      path: '/health/live',
      status: 200,
    });
  });
});

describe('an instance whose database is gone', () => {
  it('lives, but is not ready, and names the database alone', async () => {
    const opened = await openTestDatabase();
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= opened.close();
      return closed;
    };
    const testApp = await startTestApp({}, async () => ({ ...opened, close }));
    await close();
    expect((await fetchFrom(testApp, '/health')).status).toBe(200);
    const answer = await fetchFrom(testApp, '/health/ready');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toEqual({
      status: 'unavailable',
      timestamp: expect.stringMatching(rfc3339),
      failing: ['database'],
    });
    await testApp.stop();
  });
});
