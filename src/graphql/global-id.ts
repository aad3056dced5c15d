import { decodeGlobalID } from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import { isUuid } from '../platform/uuid.ts';
import { isNodeType } from './node-visibility.ts';

/** Decodes an id that this server gave out; BAD_USER_INPUT for any other text. */
export function decodeNodeId(globalId: string): { typename: string; id: string } {
  try {
    const decoded = decodeGlobalID(globalId);
    if (isUuid(decoded.id) && isNodeType(decoded.typename)) return decoded;
  } catch {
    // Reported below: what cannot be decoded was never given out either.
  }
  throw new GraphQLError('An id is not one that this server gave out.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
