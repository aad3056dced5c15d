import { describe, expect, it } from 'vitest';
import { createFindRoute } from '../../src/server/find-route.ts';

const handler = () => new Response();
const findRoute = createFindRoute({
  '/health': handler,
  '/files/*': handler,
  '/files/list': handler,
});

describe('the route of a path', () => {
  it.each([
    ['/health', '/health'],
    ['/files/list', '/files/list'],
    ['/files/a', '/files/*'],
    ['/files/a/b.webp', '/files/*'],
    ['/files//', '/files/*'],
    ['/files/list/', '/files/*'],
    ['/files/..%2f', '/files/*'],
  ])('%s leads to %s', (pathname, path) => {
    expect(findRoute(pathname)).toEqual({ path, handler });
  });

  it.each([
    '/',
    '/files',
    '/files/',
    '/Files/a',
    '/health/',
    '//files/a',
    '/toString',
    '__proto__',
  ])('%s leads nowhere', (pathname) => {
    expect(findRoute(pathname)).toBeNull();
  });
});
