import type { Services } from '../graphql/context.ts';
import { isUuid } from '../platform/uuid.ts';
import type { Handler } from './graphql.ts';
import { notFound, onlyGet, unauthenticated } from './respond.ts';
import type { ReadTokens } from './token-cookies.ts';

/** Where archives with people's data are downloaded. */
export const dataExportsPath = '/data-exports/';

/**
 * Hands an archive to whom it is about, and is the same to all others as if there were none. Cookies
 * count without the header against forged requests, as people follow a link: nothing is changed, and
 * no page can read the answer.
 */
export function createDataExportHandler(
  { dataExports }: Pick<Services, 'dataExports'>,
  readTokens: ReadTokens,
): Handler {
  return async (request, { requestId, ipAddress, userAgent }) => {
    if (request.method !== 'GET') return onlyGet();
    const id = new URL(request.url).pathname.slice(dataExportsPath.length);
    const { viewer, standing } = await readTokens(request.headers, false, true).caller.identify();
    if (standing === 'expired' || standing === 'refused') return unauthenticated();
    if (viewer === null || !isUuid(id)) return notFound();
    const origin = { requestId, ipAddress, userAgent, actorId: viewer.userId };
    const archive = await dataExports.download(origin, viewer, id);
    if (archive === null) return notFound();
    return new Response(archive, {
      headers: {
        'content-type': 'application/zip',
        'content-disposition': 'attachment; filename="account.zip"',
        'content-length': String(archive.byteLength),
        'cache-control': 'no-store',
        vary: 'Authorization, Cookie',
      },
    });
  };
}
