import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../src/server/client-address.ts';

const socket = '10.0.0.1';
const client = '203.0.113.7';
const claim = '198.51.100.9';

describe('a server that no proxy stands before', () => {
  it.each([client, `${claim}, ${client}`, 'garbage', '', null])(
    'minds its socket alone, whatever is claimed: %s',
    (forwardedFor) => {
      expect(clientAddress(socket, forwardedFor, 0)).toBe(socket);
    },
  );

  it('knows no address where there is no socket', () => {
    expect(clientAddress(null, client, 0)).toBeNull();
  });
});

describe('a server behind proxies', () => {
  it.each([
    ['one hop, nothing claimed', client, 1, client],
    ['one hop, an address claimed', `${claim}, ${client}`, 1, client],
    ['one hop, many claimed', `${claim},${claim},${claim},${client}`, 1, client],
    ['one hop, white space', ` ${claim} ,\t${client} `, 1, client],
    ['two hops', `${client}, 10.0.0.2`, 2, client],
    ['two hops, an address claimed', `${claim}, ${client}, 10.0.0.2`, 2, client],
    ['fewer entries than hops', client, 3, client],
    ['IPv6', `${claim}, 2001:db8::7`, 1, '2001:db8::7'],
    ['IPv4 written as IPv6', '::ffff:203.0.113.7', 1, client],
    ['IPv4 written as IPv6 in upper case', '::FFFF:203.0.113.7', 1, client],
  ])('finds the client: %s', (_description, forwardedFor, hops, expected) => {
    expect(clientAddress(socket, forwardedFor, hops)).toBe(expected);
  });

  it.each([
    ['no header', null],
    ['an empty header', ''],
    ['an empty entry', `${client},`],
    ['a word', 'unknown'],
    ['an obfuscated identifier (RFC 7239)', '_hidden'],
    ['a port', `${client}:4711`],
    ['brackets', '[2001:db8::7]'],
    ['a network', '203.0.113.0/24'],
    ['a number', '3405803783'],
    ['octal digits', '0313.0.0161.07'],
    ['a script', '<script>alert(1)</script>'],
    ['a line feed', `${client}\nX-Admin: 1`],
    ['SQL', "'; DROP TABLE session; --"],
    ['a very long text', 'x'.repeat(100_000)],
  ])('falls back to its socket when the entry is %s', (_description, forwardedFor) => {
    expect(clientAddress(socket, forwardedFor, 1)).toBe(socket);
  });

  it('does not fall back to what a client claimed', () => {
    expect(clientAddress(socket, `${claim}, garbage`, 1)).toBe(socket);
  });
});

describe('an IPv4 client on an IPv6 socket', () => {
  it.each([
    ['::ffff:203.0.113.7', client],
    ['::ffff:cb00:7107', '::ffff:cb00:7107'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('is written as IPv4 where that is clear: %s', (address, expected) => {
    expect(clientAddress(address, null, 0)).toBe(expected);
  });
});
