import { z } from 'zod';

const maxActions = 20;
const maxActionLength = 100;
/** An IPv6 address with an IPv4 address in it and the name of a network interface. */
const maxAddressLength = 64;

/** Accepts names of acts, 1 to 20. */
export const actionsRule = z
  .array(
    z
      .string()
      .max(maxActionLength, 'Must be at most 100 characters.')
      .regex(/^[a-z0-9.-]+$/, 'Must be the name of an act.'),
  )
  .min(1, 'Must have at least one item.')
  .max(maxActions, 'Must have at most 20 items.');

/** Accepts what can be the address of a client; whether it is one does not matter for a search. */
export const ipAddressRule = z
  .string()
  .max(maxAddressLength, 'Must be at most 64 characters.')
  .regex(/^[\w.:%-]+$/, 'Must be an address.');
