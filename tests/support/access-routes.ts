import { freshAddress, takenUsername, type World } from './access-world.ts';

const write = (input: Record<string, string | number>) =>
  `(input: {${Object.entries(input).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)}})`;

const signInOf = ({ people: { self } }: World) =>
  write({ email: self.email, password: self.password, deviceLabel: 'x' });

const selectFrom = (mutation: string, typename: string, selection: string) =>
  `mutation { ${mutation} { ... on ${typename} { ${selection} } } }`;

/** Valid arguments of the root fields that need some. */
export const argumentsOf: Record<string, (world: World) => string | Promise<string>> = {
  'node: Role': ({ ids }) => `(id: "${ids.Role}")`,
  'node: Session': ({ ids }) => `(id: "${ids.Session}")`,
  'node: User': ({ ids }) => `(id: "${ids.User}")`,
  'nodes: Role': ({ ids }) => `(ids: ["${ids.Role}"])`,
  'nodes: Session': ({ ids }) => `(ids: ["${ids.Session}"])`,
  'nodes: User': ({ ids }) => `(ids: ["${ids.User}"])`,
  user: ({ ids }) => `(id: "${ids.User}")`,
  refreshSession: async ({ startSession, people }) =>
    write({ refreshToken: (await startSession(people.self)).refreshToken }),
  resendVerification: () => write({ email: freshAddress() }),
  signIn: signInOf,
  signUp: () => write({ email: freshAddress(), password: 'p'.repeat(20), displayName: 'Eve' }),
  updateProfile: () => write({ locale: 'en' }),
  verifyEmail: async ({ tokenFromMail }) => write({ token: await tokenFromMail() }),
};

/** Where the types that are no specimens are met. */
export const routes: Record<string, (selection: string, world: World) => string> = {
  Query: (selection) => `{ ${selection} }`,
  Mutation: (selection) => `mutation { ${selection} }`,
  UserConnection: (selection) => `{ users(first: 1) { ${selection} } }`,
  UserEdge: (selection) => `{ users(first: 1) { edges { ${selection} } } }`,
  PageInfo: (selection) => `{ users(first: 1) { pageInfo { ${selection} } } }`,
  AuthConfig: (selection) => `{ authConfig { ${selection} } }`,
  AuthPayload: (selection, world) =>
    selectFrom(`signIn${signInOf(world)}`, 'AuthPayload', selection),
  TokenPair: (selection, world) =>
    selectFrom(`signIn${signInOf(world)}`, 'AuthPayload', `tokens { ${selection} }`),
  Accepted: (selection) =>
    selectFrom(`resendVerification${write({ email: freshAddress() })}`, 'Accepted', selection),
  RevokedSessions: (selection) => selectFrom('signOut', 'RevokedSessions', selection),
  ValidationError: (selection) =>
    selectFrom(`resendVerification${write({ email: 'x' })}`, 'ValidationError', selection),
  FieldIssue: (selection) =>
    selectFrom(
      `resendVerification${write({ email: 'x' })}`,
      'ValidationError',
      `issues { ${selection} }`,
    ),
  ConflictError: (selection) =>
    selectFrom(
      // Tells either of the version or of the field.
      selection.includes('currentVersion')
        ? `updateProfile${write({ locale: 'fr', expectedVersion: 1000 })}`
        : `updateProfile${write({ username: takenUsername })}`,
      'ConflictError',
      selection,
    ),
  InvalidCredentialsError: (selection) =>
    selectFrom(
      `signIn${write({ email: freshAddress(), password: 'x' })}`,
      'InvalidCredentialsError',
      selection,
    ),
  AccountUnavailableError: (selection, { suspended: { email, password } }) =>
    selectFrom(`signIn${write({ email, password })}`, 'AccountUnavailableError', selection),
  InvalidTokenError: (selection) =>
    selectFrom(`verifyEmail${write({ token: 'x' })}`, 'InvalidTokenError', selection),
  RateLimitedError: (selection, { floodedAddress }) =>
    selectFrom(
      `resendVerification${write({ email: floodedAddress })}`,
      'RateLimitedError',
      selection,
    ),
};

/** Where the types are met in the answer to whoever has just proved who they are. */
export const grantedRoutes: Record<string, (selection: string) => string> = {
  AuthPayload: (selection) => selection,
  TokenPair: (selection) => `tokens { ${selection} }`,
  User: (selection) => `user { ${selection} }`,
  Session: (selection) => `session { ${selection} }`,
  Role: (selection) => `user { roles { ${selection} } }`,
};
