import { randomUUID } from 'node:crypto';
import { freshAddress } from './access-mails.ts';
import { takenUsername, type World } from './access-world.ts';
import { globalId } from './people.ts';

const write = (input: Record<string, string | number | string[]>) =>
  `(input: {${Object.entries(input).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)}})`;

const signInOf = ({ people: { self } }: World) =>
  write({ email: self.email, password: self.password, deviceLabel: 'x' });

const refreshOf = async ({ startSession, people: { self } }: World) =>
  write({ refreshToken: (await startSession(self)).refreshToken });

const selectFrom = (mutation: string, typename: string, selection: string) =>
  `mutation { ${mutation} { ... on ${typename} { ${selection} } } }`;

/** Names somebody whom no other cell needs. */
const ofSomebody = async ({ signUpSuspended }: World) => `(id: "${(await signUpSuspended()).id}")`;

/** Valid arguments of the root fields that need some. */
export const argumentsOf: Record<string, (world: World) => string | Promise<string>> = {
  'node: AuditEvent': ({ ids }) => `(id: "${ids.AuditEvent}")`,
  'node: DataExport': ({ ids }) => `(id: "${ids.DataExport}")`,
  'node: Message': ({ ids }) => `(id: "${ids.Message}")`,
  'node: Role': ({ ids }) => `(id: "${ids.Role}")`,
  'node: Session': ({ ids }) => `(id: "${ids.Session}")`,
  'node: User': ({ ids }) => `(id: "${ids.User}")`,
  'nodes: AuditEvent': ({ ids }) => `(ids: ["${ids.AuditEvent}"])`,
  'nodes: DataExport': ({ ids }) => `(ids: ["${ids.DataExport}"])`,
  'nodes: Message': ({ ids }) => `(ids: ["${ids.Message}"])`,
  'nodes: Role': ({ ids }) => `(ids: ["${ids.Role}"])`,
  'nodes: Session': ({ ids }) => `(ids: ["${ids.Session}"])`,
  'nodes: User': ({ ids }) => `(ids: ["${ids.User}"])`,
  dataExport: ({ ids }) => `(id: "${ids.DataExport}")`,
  user: ({ ids }) => `(id: "${ids.User}")`,
  userByEmail: ({ people: { self } }) => `(email: "${self.email}")`,
  blockUser: ({ ids }) => `(id: "${ids.bystander}")`,
  broadcast: () => write({ channel: 'broadcast', body: 'x' }),
  changePassword: ({ people: { self } }) =>
    write({ currentPassword: self.password, newPassword: self.password }),
  createRole: () => write({ key: `x-${randomUUID()}`, permissions: [] }),
  deleteRole: async ({ makeRole }) => `(id: "${await makeRole()}")`,
  updateRole: async ({ makeRole }) =>
    `(id: "${await makeRole()}", input: { key: "x-${randomUUID()}", permissions: [] })`,
  confirmEmailChange: async ({ mailed }) => write({ token: await mailed.emailChangeToken() }),
  createUser: () => write({ email: freshAddress(), displayName: 'Eve' }),
  deleteUser: async ({ signUpSuspended }) => `(id: "${(await signUpSuspended()).id}", mode: ERASE)`,
  markMessagesRead: ({ ids }) => `(ids: ["${ids.Message}"])`,
  reauthenticate: ({ people: { self } }) =>
    `(input: { method: PASSWORD, password: "${self.password}" })`,
  requestEmailChange: () => write({ email: freshAddress() }),
  requestPasswordReset: () => write({ email: freshAddress() }),
  requestSignInCode: () => write({ email: freshAddress() }),
  resetPassword: async ({ mailed }) =>
    write({ token: await mailed.resetToken(), newPassword: 'nine otters under the pier' }),
  signInWithCode: async ({ mailed }) => write(await mailed.signInCode()),
  refreshSession: refreshOf,
  resendVerification: () => write({ email: freshAddress() }),
  renewConnection: () => '(token: "x")',
  restoreUser: ofSomebody,
  revokeUserSessions: async (world) => (await ofSomebody(world)).replace('id', 'userId'),
  sendMessage: ({ ids }) => write({ recipientId: ids.bystander ?? '', body: 'x' }),
  revokeSession: ({ ids }) => `(id: "${ids.Session}")`,
  signIn: signInOf,
  signUp: () =>
    write({ email: freshAddress(), password: 'a password of good length', displayName: 'Eve' }),
  suspendUser: async (world) => (await ofSomebody(world)).replace(')', ', reason: "x")'),
  unblockUser: ({ ids }) => `(id: "${ids.bystander}")`,
  unlockUser: ofSomebody,
  updateUser: async (world) => (await ofSomebody(world)).replace(')', ', input: { locale: "en" })'),
  updateProfile: () => write({ locale: 'en' }),
  uploadAvatar: () => '(file: $file)',
  setPresence: () => '(status: AWAY)',
  presenceChanged: ({ ids }) => `(userIds: ["${ids.User}"])`,
  userChanged: ({ ids }) => `(id: "${ids.User}")`,
  verifyEmail: async ({ mailed }) => write({ token: await mailed.signUpToken() }),
};

type Route = (selection: string, world: World) => string | Promise<string>;

/** Where the types that are no specimens are met. */
export const routes: Record<string, Route> = {
  Query: (selection) => `{ ${selection} }`,
  Mutation: (selection) =>
    `mutation ${selection.includes('$file') ? '($file: File!)' : ''} { ${selection} }`,
  UserConnection: (selection) => `{ users(first: 1) { ${selection} } }`,
  UserEdge: (selection) => `{ users(first: 1) { edges { ${selection} } } }`,
  AuditEventConnection: (selection) => `{ auditEvents(first: 1) { ${selection} } }`,
  AuditEventEdge: (selection) => `{ auditEvents(first: 1) { edges { ${selection} } } }`,
  MessageConnection: (selection) => `{ messages(channel: "broadcast") { ${selection} } }`,
  MessageEdge: (selection) => `{ messages(channel: "broadcast") { edges { ${selection} } } }`,
  PageInfo: (selection) => `{ users(first: 1) { pageInfo { ${selection} } } }`,
  AuthConfig: (selection) => `{ authConfig { ${selection} } }`,
  AuthPayload: async (selection, world) =>
    selectFrom(`refreshSession${await refreshOf(world)}`, 'AuthPayload', selection),
  TokenPair: async (selection, world) =>
    selectFrom(`refreshSession${await refreshOf(world)}`, 'AuthPayload', `tokens { ${selection} }`),
  Accepted: (selection) =>
    selectFrom(`resendVerification${write({ email: freshAddress() })}`, 'Accepted', selection),
  SessionConnection: (selection, { ids }) =>
    `{ user(id: "${ids.User}") { sessions { ${selection} } } }`,
  SessionEdge: (selection, { ids }) =>
    `{ user(id: "${ids.User}") { sessions { edges { ${selection} } } } }`,
  Image: (selection, { ids }) => `{ user(id: "${ids.User}") { avatar { ${selection} } } }`,
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
  NotFoundError: (selection) =>
    selectFrom(
      `revokeSession(id: "${globalId('Session', randomUUID())}")`,
      'NotFoundError',
      selection,
    ),
  InvalidCredentialsError: (selection) =>
    selectFrom(
      `signIn${write({ email: freshAddress(), password: 'x' })}`,
      'InvalidCredentialsError',
      selection,
    ),
  AccountUnavailableError: async (selection, { signUpSuspended }) => {
    const { email, password } = await signUpSuspended();
    return selectFrom(`signIn${write({ email, password })}`, 'AccountUnavailableError', selection);
  },
  InvalidTokenError: (selection) =>
    selectFrom(`verifyEmail${write({ token: 'x' })}`, 'InvalidTokenError', selection),
  StepUpRequiredError: (selection) =>
    selectFrom(
      `requestEmailChange${write({ email: freshAddress() })}`,
      'StepUpRequiredError',
      selection,
    ),
  // Sent with a file that is no picture.
  UploadRejectedError: (selection) =>
    `mutation ($file: File!) { uploadAvatar(file: $file) { ... on UploadRejectedError { ${selection} } } }`,
  RateLimitedError: (selection, { flooded: { email } }) =>
    selectFrom(`resendVerification${write({ email })}`, 'RateLimitedError', selection),
};

/** Where the types are met in the answer to whoever has just proved who they are. */
export const grantedRoutes: Record<string, (selection: string) => string> = {
  AuthPayload: (selection) => selection,
  TokenPair: (selection) => `tokens { ${selection} }`,
  User: (selection) => `user { ${selection} }`,
  Image: (selection) => `user { avatar { ${selection} } }`,
  Session: (selection) => `session { ${selection} }`,
  Role: (selection) => `user { roles { ${selection} } }`,
};
