import type { FactorType } from '../../generated/prisma/enums.ts';
import { builder } from '../../graphql/builder.ts';
import type { PublicAuthConfig } from '../../graphql/context.ts';
import { FactorTypeEnum } from '../../graphql/enums.ts';
import type { Delivered } from './token-delivery.schema.ts';
import type { DeliveredTokens } from './token-pair.ts';

const TokenPairType = builder.objectRef<DeliveredTokens>('TokenPair').implement({
  description: 'What a client holds of a session.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', {
      nullable: true,
      description:
        'JWT (RFC 9068) for the Authorization header: `Bearer <accessToken>`. Null when it is in a cookie.',
    }),
    accessTokenExpiresAt: t.expose('accessTokenExpiresAt', {
      type: 'DateTime',
      description: 'When it ends; refresh before.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      nullable: true,
      description:
        'Secret, for `refreshSession`; replaced by each refresh. Null when it is in a cookie.',
    }),
    refreshTokenExpiresAt: t.expose('refreshTokenExpiresAt', {
      type: 'DateTime',
      description: 'When the session ends unless it is refreshed before.',
    }),
    connectionToken: t.exposeString('connectionToken', {
      description:
        'JWT that opens a WebSocket within 30 seconds and is good for nothing else: `connection_init` takes `Bearer <connectionToken>` as `authorization`, as it takes the access token.',
    }),
  }),
});

/** The answer to whoever has just proved who they are. */
export const AuthPayload = builder.objectRef<Delivered>('AuthPayload').implement({
  description: 'A session that has begun or goes on.',
  fields: (t) => ({
    session: t.prismaField({
      type: 'Session',
      description: 'The session.',
      grantScopes: ['ownAccount'],
      resolve: (query, { sessionId }, _args, { services }) =>
        services.sessions.getSession(sessionId, query),
    }),
    user: t.prismaField({
      type: 'User',
      description: 'Who is signed in.',
      grantScopes: ['ownAccount'],
      resolve: (query, { userId }, _args, { services }) => services.users.getUser(userId, query),
    }),
    tokens: t.field({
      type: TokenPairType,
      description: 'Its tokens.',
      resolve: ({ tokens }) => tokens,
    }),
  }),
});

/** What stands between the right password and a session where a second factor is set up. */
interface Challenge {
  challengeToken: string;
  expiresAt: Date;
  methods: FactorType[];
}

/** The answer to whoever has yet to prove more. */
export const MfaChallenge = builder.objectRef<Challenge>('MfaChallenge').implement({
  description:
    'The password is right, and a second factor is needed. Not sent yet: clients that handle it now need no change when second factors come.',
  fields: (t) => ({
    challengeToken: t.exposeString('challengeToken', {
      description: 'Secret that stands for the password in the next step.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends.' }),
    methods: t.expose('methods', {
      type: [FactorTypeEnum],
      description: 'Which factors the user can go on with.',
    }),
  }),
});

/** The answer that is the same whatever the address. */
export const Accepted = builder.objectRef<{ message: string }>('Accepted').implement({
  description: 'The request was taken; the rest comes by mail. Reads the same for every address.',
  fields: (t) => ({
    accepted: t.boolean({ description: 'Always true.', resolve: () => true }),
    message: t.exposeString('message', { description: 'What to tell the person.' }),
  }),
});

const AuthConfigType = builder.objectRef<PublicAuthConfig>('AuthConfig').implement({
  description: 'What a sign-in page needs to draw itself.',
  fields: (t) => ({
    passwordMinLength: t.exposeInt('passwordMinLength', {
      description: 'Characters that a new password must have at least.',
    }),
    methods: t.expose('methods', {
      type: [FactorTypeEnum],
      description: 'Ways to sign in.',
    }),
    signUpEnabled: t.exposeBoolean('signUpEnabled', {
      description: 'Whether strangers may sign up.',
    }),
    maxUploadBytes: t.exposeInt('maxUploadBytes', {
      description: 'How large a file may be that is sent, in bytes.',
    }),
  }),
});

builder.queryField('authConfig', (t) =>
  t.field({
    type: AuthConfigType,
    description: 'What a sign-in page needs to draw itself.',
    resolve: (_root, _args, { services }) => services.authConfig,
  }),
);
