import { GraphQLError } from 'graphql';
import { RateLimitedError } from '../platform/errors.ts';
import type { OperationCall } from './call.ts';
import { maskError } from './mask-error.ts';
import { invalidBearer } from './require-standing.ts';
import { csrfHeaderRequired } from './token-cookies.ts';

/**
 * Reads what a request carries beside an operation, if its caller is signed in and there is room;
 * decides that before anything is read. Throws what the caller may see, each with a status.
 */
export type AdmitFile = <Result>(
  call: OperationCall,
  read: () => Promise<Result>,
) => Promise<Result>;

/** How many files are read at a time: each may take as much memory as a file may have. */
const maxReading = 8;
const maxReadingOfUser = 2;
const retryAfterSeconds = 2;

/** Builds it over what counts the operations of a client, of which a file counts as one more. */
export function createAdmitFile(
  chargeClient: (ipAddress: string | null) => Promise<void>,
): AdmitFile {
  const readers: string[] = [];

  async function inTurn<Result>(userId: string, read: () => Promise<Result>): Promise<Result> {
    const own = readers.filter((reader) => reader === userId).length;
    if (own >= maxReadingOfUser) throw new RateLimitedError(retryAfterSeconds, 'VIEWER');
    if (readers.length >= maxReading) throw new RateLimitedError(retryAfterSeconds, 'SERVER');
    readers.push(userId);
    try {
      return await read();
    } finally {
      readers.splice(readers.indexOf(userId), 1);
    }
  }

  return async (call, read) => {
    try {
      await chargeClient(call.ipAddress);
      return await inTurn(await requireViewer(call), read);
    } catch (error) {
      throw maskError(error, { ...call, executed: false });
    }
  };
}

async function requireViewer({ caller }: OperationCall): Promise<string> {
  const { viewer, standing } = await caller.identify();
  if (viewer !== null) return viewer.userId;
  if (standing === 'unproven') throw csrfHeaderRequired();
  throw standing === 'none' ? signInRequired() : invalidBearer();
}

function signInRequired(): GraphQLError {
  return new GraphQLError('Sign in to send files.', {
    extensions: {
      code: 'UNAUTHENTICATED',
      http: { status: 401, headers: { 'www-authenticate': 'Bearer' } },
    },
  });
}
