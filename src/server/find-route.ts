import type { Handler } from './graphql.ts';

/** Handlers by path. One whose path ends in `/*` takes all below it that has no path of its own. */
export type Routes = Readonly<Record<string, Handler>>;

/** Where a request leads. */
export interface Route {
  /** As the routes name it, so that nothing a client made up is taken along. */
  path: string;
  handler: Handler;
}

const rest = '*';

/** Builds what finds the route of a path; null where nothing is served. */
export function createFindRoute(routes: Routes): (pathname: string) => Route | null {
  const exact = new Map(Object.entries(routes));
  const open = [...exact].filter(([path]) => path.endsWith(`/${rest}`));
  return (pathname) => {
    const handler = exact.get(pathname);
    if (handler !== undefined) return { path: pathname, handler };
    const [path, below] = open.find(([path]) => isBelow(pathname, path)) ?? [];
    return path === undefined || below === undefined ? null : { path, handler: below };
  };
}

function isBelow(pathname: string, path: string): boolean {
  const start = path.slice(0, -rest.length);
  return pathname.startsWith(start) && pathname.length > start.length;
}
