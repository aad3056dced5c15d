import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { maskError } from '../../src/graphql/mask-error.ts';
import { RefusedError, ValidationError } from '../../src/platform/errors.ts';
import { captureLog } from '../support/captured-log.ts';

const requestId = 'request-1';

function mask(error: unknown, executed = true) {
  const logged = captureLog();
  const masked = maskError(error, { requestId, log: logged.log, executed, transport: 'http' });
  return { masked: masked.toJSON(), original: masked.originalError, logged };
}

const hidden = {
  message: 'Something went wrong.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
};

describe('what nobody expected', () => {
  it.each([
    ['an error', new Error('secret')],
    ['an error of a subclass', new TypeError('secret')],
    ['an error with a cause', new Error('x', { cause: new Error('secret') })],
    ['an error with a code', Object.assign(new Error('secret'), { code: 'FORBIDDEN' })],
    ['an error with extensions', Object.assign(new Error('secret'), { extensions: { code: 'X' } })],
    ['several errors', new AggregateError([new Error('secret')], 'secret')],
    ['a text', 'secret'],
    ['an object', { message: 'secret', code: 'FORBIDDEN' }],
    ['null', null],
    ['undefined', undefined],
    [
      'an error below the place where it came up',
      new GraphQLError('secret', { originalError: new Error('secret') }),
    ],
    [
      'an error below two places',
      new GraphQLError('secret', {
        originalError: new GraphQLError('secret', { originalError: new Error('secret') }),
      }),
    ],
  ])('is hidden: %s', (_description, error) => {
    const { masked, original, logged } = mask(error);
    expect(masked).toEqual(hidden);
    expect(original).toBeUndefined();
    expect(logged.lines).toEqual([
      expect.objectContaining({ requestId, msg: 'An operation failed.', level: 50 }),
    ]);
    expect(logged.text()).not.toContain('secret');
  });

  it('keeps the place where it came up', () => {
    const located = new GraphQLError('secret', {
      path: ['users', 'nodes', 3],
      originalError: new Error('secret'),
    });
    expect(mask(located).masked).toEqual({ ...hidden, path: ['users', 'nodes', 3] });
  });
});

describe('what was expected', () => {
  it('is told as it is, and not logged', () => {
    const refusal = new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } });
    const { masked, logged } = mask(refusal);
    expect(masked).toEqual({ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } });
    expect(logged.lines).toEqual([]);
  });

  it('of a rule of the house is told with its code', () => {
    const refusal = new RefusedError('SIGN_UP_DISABLED', 'No.');
    expect(mask(new GraphQLError('x', { originalError: refusal })).masked).toEqual({
      message: 'No.',
      extensions: { code: 'SIGN_UP_DISABLED' },
    });
  });

  it('of an input that no result can carry is told with its issues: BAD_USER_INPUT', () => {
    const issues = [{ path: ['first'], code: 'invalid', message: 'Must be from 1 to 100.' }];
    const { extensions } = mask(new ValidationError(issues)).masked;
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', issues });
  });

  it('of graphql before anything is executed is a mistake of the client: BAD_USER_INPUT', () => {
    const { extensions } = mask(new GraphQLError('Variable "$id" is missing.'), false).masked;
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('of graphql after that is a fault: the answer does not fit the schema', () => {
    const { masked } = mask(new GraphQLError('Enum "X" cannot represent value: "secret"'));
    expect(masked).toEqual(hidden);
  });

  it.each([
    ['String cannot represent a non string value: { s: "secret\nvalue" }'],
    ['Int cannot represent non-integer value: "secret"'],
    ['Expected value of type "SignInInput" to be an object, found: "secret".'],
    ['Expected value of type "X" not to include unknown field "y", found: { a: "secret" }.'],
  ])('does not repeat what was sent: %s', (message) => {
    const { masked } = mask(new GraphQLError(message), false);
    expect(masked.message).not.toContain('secret');
    expect(masked.message).toMatch(/\.$/);
  });
});

describe('the status over HTTP', () => {
  it.each([
    ['a fault', new Error('x'), 500],
    ['a database that is gone', new Error('Connection terminated'), 503],
    ['a refused request', new GraphQLError('x', { extensions: { code: 'BAD_REQUEST' } }), 400],
    ['a status of its own', new GraphQLError('x', { extensions: { http: { status: 401 } } }), 401],
  ])('is told of %s when nothing was executed, else left alone', (_description, error, status) => {
    expect(mask(error, false).masked.extensions).toMatchObject({ http: { status } });
    expect(mask(error, true).masked.extensions).not.toHaveProperty('http');
  });
});
