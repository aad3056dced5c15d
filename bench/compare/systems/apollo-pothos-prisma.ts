import { pothosPeer } from '../pothos-peer.ts';

/** Apollo Server on Express, as documented for production. */
export const system = pothosPeer('apollo-pothos-prisma', 'Apollo Server, Pothos, Prisma', [
  '@apollo/server',
  'express',
  '@pothos/core',
  '@prisma/client',
  'graphql',
]);
