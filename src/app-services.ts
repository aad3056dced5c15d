import type { Foundation, ServiceParts } from './app-ground.ts';
import type { Services } from './graphql/context.ts';
import { createAdministrationService } from './modules/administration/administration.service.ts';
import { createRoleChanges } from './modules/administration/role-changes.service.ts';
import { createDeleteUser } from './modules/administration/user-deletion.service.ts';
import { createAuditService } from './modules/audit/audit.service.ts';
import { createAuthLimits } from './modules/auth/auth.limits.ts';
import { createAuthenticationService } from './modules/auth/authentication.service.ts';
import { createCodeSignInService } from './modules/auth/code-sign-in.service.ts';
import { createCredentials } from './modules/auth/credential.ts';
import { createEmailChangeService } from './modules/auth/email-change.service.ts';
import { createFailureFloor } from './modules/auth/failure-floor.ts';
import { createChangePassword } from './modules/auth/password-change.service.ts';
import { createProvePassword } from './modules/auth/password-proof.ts';
import { createReauthenticate } from './modules/auth/reauthentication.service.ts';
import { createRecoveryService } from './modules/auth/recovery.service.ts';
import { createRegistrationService } from './modules/auth/registration.service.ts';
import { createSessionTokens, tokenTypes } from './modules/auth/session-token.ts';
import { createSigningKeyService } from './modules/auth/signing-key.service.ts';
import { createIssueTokens } from './modules/auth/token-pair.ts';
import { createAvatarService } from './modules/avatar/avatar.service.ts';
import { createAvatarStorage } from './modules/avatar/avatar-storage.ts';
import { createDrawPicture } from './modules/avatar/picture.ts';
import { createEventService } from './modules/event/event.service.ts';
import { createMessageService } from './modules/message/message.service.ts';
import { createSending } from './modules/message/sending.service.ts';
import { createUserBlocks } from './modules/message/user-block.service.ts';
import { createPresenceService } from './modules/presence/presence.service.ts';
import { createAccountDeletion } from './modules/privacy/account-deletion.service.ts';
import { createDataExports } from './modules/privacy/data-export.service.ts';
import { createOwnSessions } from './modules/session/own-sessions.service.ts';
import { createRefreshSession } from './modules/session/session.refresh.ts';
import { createSessionService } from './modules/session/session.service.ts';
import { createUserService } from './modules/user/user.service.ts';
import { createHeartbeats } from './platform/event-log/heartbeats.ts';
import { createIdempotency } from './platform/idempotency.ts';

/** How long a connection token is good for, in seconds. */
const connectionTokenSeconds = 30;

/** Wires the services of every feature. */
export function createServices(
  { config, database, clock }: ServiceParts,
  ground: Foundation,
): Services {
  const { commit, keyring, cursors, keys, roles, hasher } = ground;
  const { accessTokenSeconds } = config.tokens;
  const issuer = config.publicUrl;
  const accessTokens = createSessionTokens(keys, clock, {
    type: tokenTypes.access,
    issuer,
    audience: issuer,
    lifetimeSeconds: accessTokenSeconds,
  });
  // Of another audience, so that others who check access tokens do not take it for one.
  const connectionTokens = createSessionTokens(keys, clock, {
    type: tokenTypes.connection,
    issuer,
    audience: `${issuer}/graphql`,
    lifetimeSeconds: connectionTokenSeconds,
  });
  const sessions = createSessionService({
    database,
    commit,
    cache: ground.sessionCache,
    lastUse: ground.lastUse,
    lifetimes: config.sessions,
  });
  const shared = {
    database,
    clock,
    commit,
    keyring,
    sessions,
    hasher,
    policy: ground.policy,
    limits: createAuthLimits(ground.limiter),
    issueTokens: createIssueTokens(accessTokens, connectionTokens, keyring),
    stepUpSeconds: config.stepUpSeconds,
  };
  const settings = {
    signUpEnabled: config.signUpEnabled,
    signUpLifetimeSeconds: config.signUpLifetimeSeconds,
    passwordMinLength: config.passwords.minLength,
  };
  const log = {
    prisma: database.prisma,
    tail: ground.tail,
    heartbeats: createHeartbeats(clock),
  };
  // A development server shows its mails in the outbox.
  const sendsMail = config.smtpUrl !== null || config.mode === 'development';
  const idempotency = createIdempotency(keyring);
  const refreshSession = createRefreshSession(database, commit, keyring, config.sessions);
  const provePassword = createProvePassword(shared);
  return {
    users: createUserService({ database, rows: ground.userRows, commit, cursors }),
    avatars: createAvatarService({
      commit,
      limiter: ground.limiter,
      storage: createAvatarStorage(database, keyring),
      drawPicture: createDrawPicture(config.uploadMaxBytes),
      publicUrl: config.publicUrl,
    }),
    sessions,
    ownSessions: createOwnSessions(database, commit, clock, cursors),
    connectionLeases: ground.connectionLeases,
    presence: createPresenceService({
      database,
      commit,
      limiter: ground.limiter,
      feed: ground.presenceFeed,
    }),
    events: createEventService(log),
    messages: createMessageService(database, commit, ground.tail, cursors),
    sending: createSending({ commit, idempotency, limiter: ground.limiter }),
    userBlocks: createUserBlocks(commit, ground.limiter),
    audit: createAuditService(log, cursors),
    registration: createRegistrationService({ ...shared, roles, settings }),
    authentication: createAuthenticationService({
      ...shared,
      floor: createFailureFloor(config.signInFloorMs),
      refreshSession,
    }),
    recovery: createRecoveryService(shared),
    codeSignIn: createCodeSignInService(shared),
    emailChange: createEmailChangeService(shared),
    changePassword: createChangePassword({ ...shared, provePassword }),
    reauthenticate: createReauthenticate({ ...shared, provePassword }),
    credentials: createCredentials({
      accessTokens,
      connectionTokens,
      keys,
      sessions,
      clock,
      accessTokenSeconds,
    }),
    roles,
    roleChanges: createRoleChanges(commit),
    administration: createAdministrationService({
      ...shared,
      roles,
      idempotency,
    }),
    deleteUser: createDeleteUser(shared),
    accountDeletion: createAccountDeletion(shared),
    dataExports: createDataExports({
      ...shared,
      limiter: ground.limiter,
      publicUrl: config.publicUrl,
    }),
    signingKeys: createSigningKeyService({ ...shared, rotation: ground.rotation }),
    authConfig: {
      ...settings,
      methods: sendsMail ? ['PASSWORD', 'EMAIL_CODE'] : ['PASSWORD'],
      maxUploadBytes: config.uploadMaxBytes,
    },
  };
}
