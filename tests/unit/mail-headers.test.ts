import { describe, expect, it } from 'vitest';
import { assertSendable, messageIdOf } from '../../src/platform/mail/mail.ts';

const mail = {
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'Hello.',
  html: '<p>Hello.</p>',
  messageId: '<1@latchkey.example>',
};

describe('the header of a mail', () => {
  it.each([
    'ada@example.org\nBcc: eve@example.org',
    'ada@example.org\r\nBcc: eve@example.org',
    'ada@example.org,eve@example.org',
    'ada@example.org;eve@example.org',
    'ada@example.org eve@example.org',
    'Ada <ada@example.org>',
    'group: ada@example.org',
    '"ada"@example.org',
    'ada@example.org\0',
    'ada@example.org\u2028x',
    'ada@@example.org',
    'ada',
    '@example.org',
    'ada@[::1]',
    '',
  ])('takes one bare address and not %j', (to) => {
    expect(() => assertSendable({ ...mail, to })).toThrow(
      expect.objectContaining({ code: 'EADDRESS', permanent: true }),
    );
  });

  it.each(['Hi\nBcc: eve@example.org', 'Hi\rX: y', 'Hi\u0085X', 'Hi\u2029X', 'Hi\0', 'Hi\t'])(
    'takes a subject of one line and not %j',
    (subject) => {
      expect(() => assertSendable({ ...mail, subject })).toThrow(
        expect.objectContaining({ code: 'ESUBJECT', permanent: true }),
      );
    },
  );

  it.each(['1@latchkey.example', '<1@a>\r\nX: y', '<1 @a>', '<>', '<1@a><2@b>'])(
    'takes one message id and not %j',
    (messageId) => {
      expect(() => assertSendable({ ...mail, messageId })).toThrow(
        expect.objectContaining({ code: 'EMESSAGEID', permanent: true }),
      );
    },
  );

  it.each(['ada@example.org', "o'neil+tag@mail.example.co.uk", 'grüße@straße.example'])(
    'takes the address %s',
    (to) => {
      expect(() => assertSendable({ ...mail, to })).not.toThrow();
    },
  );

  it.each([
    ['https://id.example.org', '<7@id.example.org>'],
    ['http://127.0.0.1:4000', '<7@127.0.0.1>'],
    ['http://[::1]:4000', '<7@::1>'],
    ['https://straße.example', '<7@xn--strae-oqa.example>'],
  ])('derives a message id of the server at %s', (origin, messageId) => {
    expect(messageIdOf('7', origin)).toBe(messageId);
    expect(() => assertSendable({ ...mail, messageId })).not.toThrow();
  });
});
