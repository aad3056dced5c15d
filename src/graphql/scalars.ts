import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { decodeEventCursor, encodeEventCursor } from '../platform/event-log/cursor.ts';
import { UploadedFile } from '../platform/uploaded-file.ts';
import { builder } from './builder.ts';

const maxAddressLength = 320;

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
};

/** The years that RFC 3339, JavaScript and PostgreSQL all write alike. */
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((moment) => moment.getUTCFullYear() >= 1 && moment.getUTCFullYear() <= 9999);

builder.scalarType('DateTime', {
  description:
    'A moment in RFC 3339, e.g. 2026-11-21T09:30:00.000Z; milliseconds, answered in UTC.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (moment) => moment.toISOString(),
  parseValue: (value) =>
    instant.safeParse(value).data ??
    refuse('A DateTime must be in RFC 3339, of the years 1 to 9999.'),
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

builder.scalarType('URL', {
  description: 'An absolute web address, as in RFC 3986.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3986',
  serialize: (url) => url,
  parseValue: (value) =>
    typeof value === 'string' && URL.canParse(value)
      ? value
      : refuse('A URL must be an absolute web address.'),
});

builder.scalarType('JSON', {
  description: 'Any value of JSON; only answered, never asked for.',
  serialize: (value) => value,
  parseValue: () => refuse('JSON is not an input.'),
});

builder.scalarType('File', {
  description:
    'A file, sent beside the operation as multipart/form-data (https://github.com/jaydenseric/graphql-multipart-request-spec): the value of a variable. `AuthConfig.maxUploadBytes` says how large it may be.',
  serialize: () => refuse('A File is not answered.'),
  parseValue: (value) =>
    value instanceof UploadedFile
      ? value
      : refuse('A File must be sent as a part of multipart/form-data.'),
});

builder.scalarType('EventCursor', {
  description:
    'A place in the log of events, as this server gave it out: 20 characters of base64url, good on every instance.',
  serialize: encodeEventCursor,
  parseValue: (value) =>
    (typeof value === 'string' ? decodeEventCursor(value) : null) ??
    refuse('An EventCursor must be one that this server gave out.'),
});
