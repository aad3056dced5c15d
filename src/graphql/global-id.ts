import { decodeGlobalID } from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import { isUuid } from '../platform/uuid.ts';
import { isNodeType } from './node-visibility.ts';

/** Decodes ids of objects of one type; BAD_USER_INPUT for any other. */
export function decodeIdsOf(type: string, globalIds: readonly (string | number)[]): string[] {
  return globalIds.map((globalId) => {
    const { typename, id } = decodeNodeId(String(globalId));
    if (typename !== type) throw notOurs();
    return id;
  });
}

/** Decodes an id that this server gave out; BAD_USER_INPUT for any other text. */
export function decodeNodeId(globalId: string): { typename: string; id: string } {
  try {
    const decoded = decodeGlobalID(globalId);
    if (isUuid(decoded.id) && isNodeType(decoded.typename)) return decoded;
  } catch {
    // Reported below: what cannot be decoded was never given out either.
  }
  throw notOurs();
}

function notOurs(): GraphQLError {
  return new GraphQLError('An id is not one that this server gave out.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
