import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { builder } from './builder.ts';

const maxAddressLength = 320;

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
};

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

builder.scalarType('DateTime', {
  description:
    'A moment in RFC 3339, e.g. 2026-11-21T09:30:00.000Z; milliseconds, answered in UTC.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (moment) => moment.toISOString(),
  parseValue: (value) => instant.safeParse(value).data ?? refuse('A DateTime must be in RFC 3339.'),
});

builder.scalarType('EmailAddress', {
  description:
    'An e-mail address, at most 320 characters. Any such string is accepted here; whether it is an address is a rule of the field, reported as a ValidationError.',
  serialize: (address) => address,
  parseValue: (value) =>
    typeof value === 'string' && value.length <= maxAddressLength
      ? value
      : refuse('An EmailAddress must be a string of at most 320 characters.'),
});
