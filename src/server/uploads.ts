import { GraphQLError } from 'graphql';
import type { OperationCall } from '../graphql/call.ts';
import type { AdmitFile } from '../graphql/file-admission.ts';
import type { RequestParameters } from './request-parameters.ts';
import {
  MalformedUploadError,
  OversizedUploadError,
  readUploadParts,
  type UploadSizes,
} from './upload-parts.ts';
import { joinUpload } from './upload-request.ts';

/** One request that carries a file. */
export interface Upload {
  /** Reads the operation and the file; throws refusals, each with a code and a status. */
  receive(): Promise<RequestParameters>;
  /** Whether something of the body has been left unread. */
  isCut(): boolean;
}

/** Takes requests that carry files; null for any other request. */
export type TakeUpload = (request: Request, call: OperationCall) => Upload | null;

const multipart = /^multipart\/form-data(?:;|$)/i;

/**
 * Builds the entrance for files. Nobody can make the server read one who is not signed in; what was
 * read is an operation that is guarded as any other.
 */
export function createTakeUpload(sizes: UploadSizes, admitFile: AdmitFile): TakeUpload {
  return (request, call) => {
    const { method, headers, body } = request;
    const contentType = headers.get('content-type') ?? '';
    if (method !== 'POST' || !multipart.test(contentType)) return null;
    let isCut = body !== null;

    async function read(): Promise<RequestParameters> {
      const reader = body?.getReader();
      if (!reader) throw malformed();
      try {
        // Never let go of: that would end the connection, over which the answer is to go.
        const bytes = { next: () => reader.read() as Promise<IteratorResult<Uint8Array>> };
        const { parts, isWhole } = await readUploadParts(bytes, contentType, sizes);
        isCut = !isWhole;
        return joinUpload(parts);
      } catch (error) {
        throw toRefusal(error, request);
      }
    }

    return {
      isCut: () => isCut,
      async receive() {
        refuseUnreadable(headers, call);
        return admitFile(call, read);
      },
    };
  };
}

function refuseUnreadable(headers: Headers, { transport }: OperationCall): void {
  // Unpacked, a small body can be of any size.
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw refusal(415, 'BAD_REQUEST', 'The body must not be packed.');
  }
  if (transport === 'sse') {
    throw refusal(400, 'BAD_REQUEST', 'An operation with a file is not answered by a stream.');
  }
}

/** Names what can be wrong with a body. */
function toRefusal(error: unknown, { signal }: Request): unknown {
  if (error instanceof MalformedUploadError) return malformed();
  if (error instanceof OversizedUploadError) {
    return refusal(413, 'REQUEST_ENTITY_TOO_LARGE', 'The body is too large.');
  }
  return signal.aborted ? refusal(400, 'BAD_REQUEST', 'The request broke off.') : error;
}

function malformed(): GraphQLError {
  const message = 'The body must be `operations`, `map` and one file, as multipart/form-data.';
  return refusal(400, 'BAD_REQUEST', message);
}

function refusal(status: number, code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
