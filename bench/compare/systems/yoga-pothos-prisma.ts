import { pothosPeer } from '../pothos-peer.ts';

/** GraphQL Yoga as documented. */
export const system = pothosPeer('yoga-pothos-prisma', 'GraphQL Yoga, Pothos, Prisma', [
  'graphql-yoga',
  '@pothos/core',
  '@prisma/client',
  'graphql',
]);
