import type { Access, AccessTable, Outcome } from '../support/access-matrix.ts';

type Columns = readonly [stranger: Outcome, self: Outcome, other: Outcome, admin: Outcome];

const access = ([stranger, self, other, admin]: Columns, reason?: string): Access => ({
  stranger,
  self,
  other,
  admin,
  granted: null,
  ...(reason !== undefined && { reason }),
});

const justSignedIn = (rule: Access, granted: Outcome = 'value'): Access => ({ ...rule, granted });

const open = (reason: string) => access(['value', 'value', 'value', 'value'], reason);
const signedIn = access(['UNAUTHENTICATED', 'value', 'value', 'value']);
const readers = access(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'value']);
const ownOrReaders = justSignedIn(access(['UNAUTHENTICATED', 'value', 'FORBIDDEN', 'value']));
const own = justSignedIn(access(['UNAUTHENTICATED', 'value', 'FORBIDDEN', 'FORBIDDEN']));
const profile = justSignedIn(signedIn);

const hidden = 'What may not be seen reads like what is not there.';
const knownNode = access(['null', 'value', 'value', 'value'], hidden);
const ownNode = access(['null', 'value', 'null', 'null'], hidden);
const whoAmI = access(
  ['null', 'value', 'value', 'value'],
  'Null tells strangers that they are strangers.',
);

const before = open('Whoever signs up or in is a stranger until then.');
const proven = justSignedIn(open('Made only for whoever has just proved who they are.'));
const uniform = open('Reads the same whatever the address.');
const signInPage = open('A sign-in page is drawn before anybody is signed in.');
const ownInput = open('Tells callers of their own input and nothing else.');
const guessed = open('Tells an address from no address as little as the mutation does.');

/** Who gets what of every field; tests/security/access-matrix.test.ts explains and checks it. */
export const accessTable: AccessTable = {
  Query: {
    reachedFrom: [],
    fields: {
      authConfig: signInPage,
      currentSession: whoAmI,
      me: whoAmI,
      'node: Role': knownNode,
      'node: Session': ownNode,
      'node: User': knownNode,
      'nodes: Role': knownNode,
      'nodes: Session': ownNode,
      'nodes: User': knownNode,
      user: signedIn,
      users: readers,
    },
  },
  Mutation: {
    reachedFrom: [],
    fields: {
      refreshSession: before,
      resendVerification: before,
      signIn: before,
      signOut: signedIn,
      signUp: before,
      updateProfile: signedIn,
      verifyEmail: before,
    },
  },
  User: {
    reachedFrom: [
      'AuthPayload.user',
      'Mutation.updateProfile',
      'Query.me',
      'Query.node',
      'Query.nodes',
      'Query.user',
      'Session.user',
      'UserConnection.nodes',
      'UserEdge.node',
    ],
    fields: {
      createdAt: ownOrReaders,
      displayName: profile,
      email: ownOrReaders,
      emailVerifiedAt: ownOrReaders,
      id: profile,
      locale: ownOrReaders,
      permissions: ownOrReaders,
      roles: ownOrReaders,
      status: ownOrReaders,
      timezone: ownOrReaders,
      updatedAt: ownOrReaders,
      username: profile,
      version: ownOrReaders,
    },
  },
  Session: {
    reachedFrom: ['AuthPayload.session', 'Query.currentSession', 'Query.node', 'Query.nodes'],
    fields: {
      amr: own,
      authenticatedAt: own,
      createdAt: own,
      deviceLabel: own,
      expiresAt: own,
      id: own,
      idleExpiresAt: own,
      ipAddress: own,
      isCurrent: own,
      lastUsedAt: own,
      // A session that has just begun has not ended.
      revokeReason: justSignedIn(own, 'null'),
      revokedAt: justSignedIn(own, 'null'),
      user: own,
      userAgent: own,
    },
  },
  Role: {
    reachedFrom: ['Query.node', 'Query.nodes', 'User.roles'],
    fields: {
      builtIn: profile,
      description: profile,
      id: profile,
      key: profile,
      permissions: profile,
    },
  },
  UserConnection: {
    reachedFrom: ['Query.users'],
    fields: { edges: readers, nodes: readers, pageInfo: readers, totalCount: readers },
  },
  UserEdge: {
    reachedFrom: ['UserConnection.edges'],
    fields: { cursor: readers, node: readers },
  },
  PageInfo: {
    reachedFrom: ['UserConnection.pageInfo'],
    fields: {
      endCursor: readers,
      hasNextPage: readers,
      hasPreviousPage: readers,
      startCursor: readers,
    },
  },
  AuthConfig: {
    reachedFrom: ['Query.authConfig'],
    fields: { methods: signInPage, passwordMinLength: signInPage, signUpEnabled: signInPage },
  },
  AuthPayload: {
    reachedFrom: ['Mutation.refreshSession', 'Mutation.signIn', 'Mutation.verifyEmail'],
    fields: { session: proven, tokens: proven, user: proven },
  },
  TokenPair: {
    reachedFrom: ['AuthPayload.tokens'],
    fields: {
      accessToken: proven,
      accessTokenExpiresAt: proven,
      refreshToken: proven,
      refreshTokenExpiresAt: proven,
    },
  },
  Accepted: {
    reachedFrom: ['Mutation.resendVerification', 'Mutation.signUp'],
    fields: { accepted: uniform, message: uniform },
  },
  RevokedSessions: {
    reachedFrom: ['Mutation.signOut'],
    fields: { revoked: signedIn },
  },
  ValidationError: {
    reachedFrom: [
      'Mutation.resendVerification',
      'Mutation.signIn',
      'Mutation.signUp',
      'Mutation.updateProfile',
    ],
    fields: { code: ownInput, issues: ownInput, message: ownInput },
  },
  FieldIssue: {
    reachedFrom: ['ValidationError.issues'],
    fields: { code: ownInput, message: ownInput, path: ownInput },
  },
  ConflictError: {
    reachedFrom: ['Mutation.updateProfile'],
    fields: { code: signedIn, currentVersion: signedIn, message: signedIn, path: signedIn },
  },
  InvalidCredentialsError: {
    reachedFrom: ['Mutation.signIn'],
    fields: { code: guessed, message: guessed },
  },
  AccountUnavailableError: {
    reachedFrom: ['Mutation.signIn'],
    fields: {
      code: open('Only after the right password.'),
      message: open('Only after the right password.'),
      status: open('Only after the right password.'),
    },
  },
  InvalidTokenError: {
    reachedFrom: ['Mutation.refreshSession', 'Mutation.verifyEmail'],
    fields: { code: ownInput, message: ownInput, reason: ownInput },
  },
  RateLimitedError: {
    reachedFrom: [
      'Mutation.refreshSession',
      'Mutation.resendVerification',
      'Mutation.signIn',
      'Mutation.signUp',
      'Mutation.verifyEmail',
    ],
    fields: {
      code: ownInput,
      message: ownInput,
      retryAfterSeconds: ownInput,
      scope: ownInput,
    },
  },
};
