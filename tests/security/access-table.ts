import type { Access, AccessTable, Outcome } from '../support/access-matrix.ts';

type Columns = readonly [
  stranger: Outcome,
  self: Outcome,
  other: Outcome,
  support: Outcome,
  admin: Outcome,
];

const access = ([stranger, self, other, support, admin]: Columns, reason?: string): Access => ({
  stranger,
  self,
  other,
  support,
  admin,
  granted: null,
  ...(reason !== undefined && { reason }),
});

const justSignedIn = (rule: Access, granted: Outcome = 'value'): Access => ({ ...rule, granted });

const open = (reason: string) => access(['value', 'value', 'value', 'value', 'value'], reason);
const signedIn = access(['UNAUTHENTICATED', 'value', 'value', 'value', 'value']);
const readers = access(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'value', 'value']);
const admins = access(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'value']);
const ownOrReaders = justSignedIn(
  access(['UNAUTHENTICATED', 'value', 'FORBIDDEN', 'value', 'value']),
);
const profile = justSignedIn(signedIn);

const hidden = 'What may not be seen reads like what is not there.';
const selfOrReaders = access(['UNAUTHENTICATED', 'value', 'FORBIDDEN', 'value', 'value']);
const followers = selfOrReaders;
const selfAlone = access(['UNAUTHENTICATED', 'value', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);

const knownNode = access(['null', 'value', 'value', 'value', 'value'], hidden);
const auditNode = access(['null', 'null', 'null', 'null', 'value'], hidden);
const sessionNode = access(['null', 'value', 'null', 'value', 'value'], hidden);
const ownNode = access(['null', 'value', 'null', 'null', 'null'], hidden);
const ownExport = access(['UNAUTHENTICATED', 'value', 'null', 'null', 'null']);
const ownSession = access([
  'UNAUTHENTICATED',
  'value',
  'NotFoundError',
  'NotFoundError',
  'NotFoundError',
]);
/** What the table asks over HTTP, where there is no connection. */
const overSockets = access([
  'UNAUTHENTICATED',
  'CONNECTION_REQUIRED',
  'CONNECTION_REQUIRED',
  'CONNECTION_REQUIRED',
  'CONNECTION_REQUIRED',
]);
const ownMessage = ownSession;
const whoAmI = access(
  ['null', 'value', 'value', 'value', 'value'],
  'Null tells strangers that they are strangers.',
);

const before = open('Whoever signs up or in is a stranger until then.');
const holders = open('Whoever holds the token of a mail may have no session on this device.');
const proven = justSignedIn(open('Made only for whoever has just proved who they are.'));
const halfway = open('Made only for whoever has just given the right password.');
const uniform = open('Reads the same whatever the address.');
const signInPage = open('A sign-in page is drawn before anybody is signed in.');
const ownInput = open('Tells callers of their own input and nothing else.');
const guessed = open('Tells an address from no address as little as the mutation does.');

/** Who gets what of every field; tests/security/access-matrix.test.ts explains and checks it. */
export const accessTable: AccessTable = {
  Query: {
    auditEvents: admins,
    authConfig: signInPage,
    currentSession: whoAmI,
    dataExport: ownExport,
    events: signedIn,
    me: whoAmI,
    messages: signedIn,
    'node: AuditEvent': auditNode,
    'node: DataExport': ownNode,
    'node: Message': ownNode,
    'node: Role': knownNode,
    'node: Session': sessionNode,
    'node: User': knownNode,
    'nodes: AuditEvent': auditNode,
    'nodes: DataExport': ownNode,
    'nodes: Message': ownNode,
    'nodes: Role': knownNode,
    'nodes: Session': sessionNode,
    'nodes: User': knownNode,
    roles: signedIn,
    user: signedIn,
    userByEmail: readers,
    users: readers,
  },
  Mutation: {
    blockUser: signedIn,
    broadcast: admins,
    cancelAccountDeletion: signedIn,
    changePassword: signedIn,
    confirmEmailChange: holders,
    createRole: admins,
    createUser: admins,
    deleteRole: admins,
    deleteUser: admins,
    markMessagesRead: ownMessage,
    reauthenticate: signedIn,
    refreshSession: before,
    removeAvatar: signedIn,
    renewConnection: overSockets,
    requestDataExport: signedIn,
    requestEmailChange: signedIn,
    requestPasswordReset: before,
    requestSignInCode: before,
    resendVerification: before,
    resetPassword: holders,
    restoreUser: admins,
    revokeOtherSessions: signedIn,
    revokeSession: ownSession,
    revokeUserSessions: admins,
    rotateSigningKey: admins,
    scheduleAccountDeletion: signedIn,
    sendMessage: signedIn,
    setPresence: signedIn,
    signIn: before,
    signInWithCode: before,
    signOut: signedIn,
    signUp: before,
    suspendUser: admins,
    unblockUser: signedIn,
    unlockUser: admins,
    updateProfile: signedIn,
    updateRole: admins,
    updateUser: admins,
    uploadAvatar: signedIn,
    verifyEmail: before,
  },
  Subscription: {
    auditEventAppended: admins,
    events: signedIn,
    messageReceived: signedIn,
    presenceChanged: signedIn,
    userChanged: followers,
  },
  User: {
    // Whoever has just signed in comes back with the token for it.
    auditEvents: justSignedIn(admins, 'UNAUTHENTICATED'),
    avatar: profile,
    createdAt: ownOrReaders,
    deletionDueAt: ownOrReaders,
    displayName: profile,
    email: ownOrReaders,
    emailVerifiedAt: ownOrReaders,
    id: profile,
    lastSeenAt: ownOrReaders,
    locale: ownOrReaders,
    permissions: ownOrReaders,
    // Whoever has just signed in comes back with the token for it.
    presence: justSignedIn(signedIn, 'UNAUTHENTICATED'),
    roles: ownOrReaders,
    // Whoever has just signed in comes back with the token for it.
    sessions: justSignedIn(selfOrReaders, 'UNAUTHENTICATED'),
    status: ownOrReaders,
    suspensionEndsAt: justSignedIn(readers, 'UNAUTHENTICATED'),
    suspensionReason: justSignedIn(readers, 'UNAUTHENTICATED'),
    timezone: ownOrReaders,
    updatedAt: ownOrReaders,
    username: profile,
    version: ownOrReaders,
  },
  DataExport: {
    downloadUrl: selfAlone,
    expiresAt: selfAlone,
    id: selfAlone,
    requestedAt: selfAlone,
    status: selfAlone,
  },
  Message: {
    body: selfAlone,
    // Of a message to everybody.
    channel: signedIn,
    id: selfAlone,
    readAt: selfAlone,
    recipient: selfAlone,
    sender: selfAlone,
    sentAt: selfAlone,
  },
  MessageConnection: { edges: signedIn, nodes: signedIn, pageInfo: signedIn },
  MessageEdge: { cursor: signedIn, node: signedIn },
  MessageReceived: {
    cursor: selfAlone,
    id: selfAlone,
    message: selfAlone,
    occurredAt: selfAlone,
  },
  MessageSent: {
    cursor: selfAlone,
    id: selfAlone,
    message: selfAlone,
    occurredAt: selfAlone,
  },
  Session: {
    amr: ownOrReaders,
    authenticatedAt: ownOrReaders,
    createdAt: ownOrReaders,
    deviceLabel: ownOrReaders,
    expiresAt: ownOrReaders,
    id: ownOrReaders,
    idleExpiresAt: ownOrReaders,
    ipAddress: ownOrReaders,
    isCurrent: ownOrReaders,
    lastUsedAt: ownOrReaders,
    liveConnections: ownOrReaders,
    // A session that has just begun has not ended.
    revokeReason: justSignedIn(ownOrReaders, 'null'),
    revokedAt: justSignedIn(ownOrReaders, 'null'),
    user: ownOrReaders,
    userAgent: ownOrReaders,
  },
  Role: {
    builtIn: profile,
    description: profile,
    id: profile,
    key: profile,
    permissions: profile,
  },
  AuditEvent: {
    action: admins,
    actor: admins,
    cursor: admins,
    hash: admins,
    id: admins,
    ipAddress: admins,
    metadata: admins,
    occurredAt: admins,
    previousHash: admins,
    requestId: admins,
    targetId: admins,
    userAgent: admins,
  },
  EventPage: { cursor: signedIn, gap: signedIn, hasMore: signedIn, items: signedIn },
  EventEnvelope: {
    'event: AuditEventAppended': signedIn,
    'event: MessageReceived': signedIn,
    'event: MessageSent': signedIn,
    'event: PresenceChanged': signedIn,
    'event: RoleChanged': signedIn,
    'event: SecurityNotice': signedIn,
    'event: SessionRevoked': signedIn,
    'event: UserChanged': signedIn,
    replayed: signedIn,
    topic: signedIn,
  },
  UserChanged: {
    change: followers,
    changedFields: followers,
    cursor: followers,
    id: followers,
    occurredAt: followers,
    user: followers,
    userId: followers,
  },
  Presence: {
    connections: signedIn,
    lastSeenAt: access(['UNAUTHENTICATED', 'value', 'null', 'value', 'value']),
    status: signedIn,
    user: signedIn,
    userId: signedIn,
  },
  PresenceChanged: {
    cursor: selfAlone,
    id: selfAlone,
    occurredAt: selfAlone,
    presence: selfAlone,
  },
  SessionRevoked: {
    cursor: selfAlone,
    id: selfAlone,
    occurredAt: selfAlone,
    reason: selfAlone,
    sessionId: selfAlone,
  },
  SecurityNotice: {
    cursor: selfAlone,
    id: selfAlone,
    kind: selfAlone,
    occurredAt: selfAlone,
    session: selfAlone,
  },
  RoleChanged: {
    change: signedIn,
    cursor: signedIn,
    id: signedIn,
    occurredAt: signedIn,
    role: signedIn,
    roleId: signedIn,
  },
  AuditEventAppended: {
    auditEvent: admins,
    cursor: admins,
    id: admins,
    occurredAt: admins,
  },
  StreamAuthExpiring: { expiresAt: signedIn },
  StreamCaughtUp: { cursor: signedIn },
  StreamGap: { from: signedIn, reason: signedIn, resumedAt: signedIn },
  StreamHeartbeat: { at: signedIn, cursor: signedIn },
  AuditEventConnection: { edges: admins, nodes: admins, pageInfo: admins },
  AuditEventEdge: { cursor: admins, node: admins },
  UserConnection: { edges: readers, nodes: readers, pageInfo: readers, totalCount: readers },
  SessionConnection: {
    edges: selfOrReaders,
    nodes: selfOrReaders,
    pageInfo: selfOrReaders,
    totalCount: selfOrReaders,
  },
  SessionEdge: { cursor: selfOrReaders, node: selfOrReaders },
  UserEdge: { cursor: readers, node: readers },
  PageInfo: {
    endCursor: readers,
    hasNextPage: readers,
    hasPreviousPage: readers,
    startCursor: readers,
  },
  AuthConfig: {
    maxUploadBytes: signInPage,
    methods: signInPage,
    passwordMinLength: signInPage,
    signUpEnabled: signInPage,
  },
  AuthPayload: { session: proven, tokens: proven, user: proven },
  TokenPair: {
    accessToken: proven,
    accessTokenExpiresAt: proven,
    connectionToken: proven,
    refreshToken: proven,
    refreshTokenExpiresAt: proven,
  },
  Image: { contentType: profile, height: profile, url: profile, width: profile },
  Ack: { ok: holders },
  MfaChallenge: { challengeToken: halfway, expiresAt: halfway, methods: halfway },
  Accepted: { accepted: uniform, message: uniform },
  RevokedSessions: { closedConnections: signedIn, revoked: signedIn },
  ConnectionRenewed: { expiresAt: signedIn },
  ValidationError: { code: ownInput, issues: ownInput, message: ownInput },
  FieldIssue: { code: ownInput, message: ownInput, path: ownInput },
  ConflictError: { code: signedIn, currentVersion: signedIn, message: signedIn, path: signedIn },
  NotFoundError: { code: signedIn, id: signedIn, message: signedIn },
  InvalidCredentialsError: { code: guessed, message: guessed },
  AccountUnavailableError: {
    code: open('Only after the right password.'),
    message: open('Only after the right password.'),
    status: open('Only after the right password.'),
    until: open('Only after the right password.'),
  },
  InvalidTokenError: { code: ownInput, message: ownInput, reason: ownInput },
  StepUpRequiredError: {
    code: signedIn,
    maxAgeSeconds: signedIn,
    message: signedIn,
    methods: signedIn,
  },
  UploadRejectedError: {
    code: signedIn,
    detectedType: signedIn,
    maxBytes: signedIn,
    message: signedIn,
  },
  RateLimitedError: {
    code: ownInput,
    message: ownInput,
    retryAfterSeconds: ownInput,
    scope: ownInput,
  },
};
