import { ValidationError } from '../../platform/errors.ts';

/** A message to be sent, its text checked and normalised. */
export interface NewMessage {
  recipientId?: string | null | undefined;
  channel?: string | null | undefined;
  body: string;
  idempotencyKey?: string | null | undefined;
}

/** Reads to whom a direct message goes; ValidationError where that is nobody, or a channel. */
export function recipientOf({ recipientId, channel }: NewMessage): string {
  if (channel != null) {
    throw unfit('channel', 'invalid', 'Channels are written to by `broadcast`.');
  }
  if (recipientId == null) throw unfit('recipientId', 'required', 'Must say to whom it goes.');
  return recipientId;
}

/** Reads to which channel a message goes; ValidationError where that is none, or a user. */
export function channelOf({ recipientId, channel }: NewMessage): string {
  if (recipientId != null) {
    throw unfit('recipientId', 'invalid', 'Users are written to by `sendMessage`.');
  }
  if (channel == null) throw unfit('channel', 'required', 'Must say to which channel it goes.');
  return channel;
}

/** Makes the refusal of one field of a message. */
export function unfit(field: string, code: string, message: string): ValidationError {
  return new ValidationError([{ path: ['input', field], code, message }]);
}
