import {
  ConflictError,
  type FieldIssue,
  InvalidCredentialsError,
  InvalidTokenError,
  NotFoundError,
  RateLimitedError,
  StepUpRequiredError,
  ValidationError,
} from '../platform/errors.ts';
import { builder } from './builder.ts';
import { FactorTypeEnum } from './enums.ts';

/** What every error member of a result can be read as. */
export const ErrorInterface = builder
  .interfaceRef<{ code: string; message: string }>('Error')
  .implement({
    description:
      'Something an honest client can run into. `... on Error { code message }` covers every error member of a result.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'Stable, for programs; docs/errors.md lists all.',
      }),
      message: t.exposeString('message', { description: 'For people, in English; may change.' }),
    }),
  });

const FieldIssueType = builder.objectRef<FieldIssue>('FieldIssue').implement({
  description: 'One broken rule of an input.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Argument and field names from the root, e.g. ["input", "email"].',
    }),
    code: t.exposeString('code', { description: 'Which rule, for programs.' }),
    message: t.exposeString('message', { description: 'Which rule, for people.' }),
  }),
});

builder.objectType(ValidationError, {
  name: 'ValidationError',
  interfaces: [ErrorInterface],
  description: 'Input breaks one or more rules; nothing was changed. Code VALIDATION_FAILED.',
  fields: (t) => ({
    issues: t.field({
      type: [FieldIssueType],
      description: 'Every broken rule.',
      resolve: ({ issues }) => issues,
    }),
  }),
});

builder.objectType(InvalidCredentialsError, {
  name: 'InvalidCredentialsError',
  interfaces: [ErrorInterface],
  description:
    'The address and password do not belong together, or there is no such account. Code INVALID_CREDENTIALS.',
});

const TokenFaultEnum = builder.enumType('TokenFault', {
  description: 'What is wrong with a token.',
  values: {
    EXPIRED: { description: 'It was not used in time.' },
    CONSUMED: { description: 'It was used already, or another link of the same address was.' },
    UNKNOWN: { description: 'This server did not issue it, or it is mistyped.' },
    REVOKED: {
      description:
        'Its session has ended, or the account has another address or may not be used now.',
    },
  } as const,
});

const RateLimitScopeEnum = builder.enumType('RateLimitScope', {
  description: 'What a rate limit counts.',
  values: {
    CLIENT_IP: { description: 'Calls from one network address.' },
    ACCOUNT: { description: 'Calls about one account, wherever they come from.' },
    CLIENT_IP_AND_ACCOUNT: { description: 'Calls about one account from one network address.' },
    VIEWER: { description: 'Calls of one user who is signed in, wherever they come from.' },
    SERVER: { description: 'What the server does at a time, whoever calls.' },
  } as const,
});

builder.objectType(InvalidTokenError, {
  name: 'InvalidTokenError',
  interfaces: [ErrorInterface],
  description: 'A link, a code or a refresh token does not hold (any more). Code INVALID_TOKEN.',
  fields: (t) => ({
    reason: t.field({
      type: TokenFaultEnum,
      description: 'What is wrong with it.',
      resolve: ({ reason }) => reason,
    }),
  }),
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  interfaces: [ErrorInterface],
  description:
    'The change collides with what is stored: a name is taken, or the row has moved on. Code CONFLICT.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      nullable: true,
      description: 'The input field that collides, if one does.',
    }),
    currentVersion: t.exposeInt('currentVersion', {
      nullable: true,
      description: 'The version that is stored now, if `expectedVersion` was not it.',
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  interfaces: [ErrorInterface],
  description:
    'What the change is about does not exist (any more), or the viewer may not know of it. Code NOT_FOUND.',
  fields: (t) => ({
    id: t.globalID({
      nullable: true,
      description: 'What was asked for.',
      resolve: ({ typename, id }) => ({ type: typename, id }),
    }),
  }),
});

builder.objectType(StepUpRequiredError, {
  name: 'StepUpRequiredError',
  interfaces: [ErrorInterface],
  description:
    'The viewer must prove who they are once more, by `reauthenticate`; then the same call is welcome. Code STEP_UP_REQUIRED.',
  fields: (t) => ({
    methods: t.field({
      type: [FactorTypeEnum],
      description: 'Ways to do it that `reauthenticate` takes.',
      resolve: () => ['PASSWORD' as const],
    }),
    maxAgeSeconds: t.exposeInt('maxAgeSeconds', {
      description: 'Seconds that the proof may be old.',
    }),
  }),
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  interfaces: [ErrorInterface],
  description: 'Too many attempts; welcome again after the delay. Code RATE_LIMITED.',
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'Seconds until the same call is welcome again, at least 1.',
    }),
    scope: t.field({
      type: RateLimitScopeEnum,
      description: 'What was counted.',
      resolve: ({ scope }) => scope,
    }),
  }),
});
