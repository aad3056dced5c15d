import { builder } from '../../graphql/builder.ts';
import type { PublicAuthConfig } from '../../graphql/context.ts';
import { FactorTypeEnum } from '../../graphql/enums.ts';
import type { SignedIn, TokenPair } from './token-pair.ts';

const TokenPairType = builder.objectRef<TokenPair>('TokenPair').implement({
  description: 'What a client holds of a session.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', {
      nullable: true,
      description: 'JWT (RFC 9068) for the Authorization header: `Bearer <accessToken>`.',
    }),
    accessTokenExpiresAt: t.expose('accessTokenExpiresAt', {
      type: 'DateTime',
      description: 'When it ends; refresh before.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      nullable: true,
      description: 'Secret, for `refreshSession`; replaced by each refresh.',
    }),
    refreshTokenExpiresAt: t.expose('refreshTokenExpiresAt', {
      type: 'DateTime',
      description: 'When the session ends unless it is refreshed before.',
    }),
  }),
});

/** The answer to whoever has just proved who they are. */
export const AuthPayload = builder.objectRef<SignedIn>('AuthPayload').implement({
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
  }),
});

builder.queryField('authConfig', (t) =>
  t.field({
    type: AuthConfigType,
    description: 'What a sign-in page needs to draw itself.',
    resolve: (_root, _args, { services }) => services.authConfig,
  }),
);
