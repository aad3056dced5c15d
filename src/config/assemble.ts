import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { httpOrigin, mailDomain } from './addresses.ts';
import { databaseSettings } from './database-settings.ts';
import type { Mode } from './mode.ts';
import type { SettingValues } from './settings.ts';

/** Arranges the settings as the configuration has them, with what unset ones stand for. */
export function assemble(values: SettingValues, mode: Mode, atTerminal: boolean) {
  const development = mode === 'development';
  const publicUrl = values.PUBLIC_URL ?? httpOrigin(values.HOST, values.PORT);
  const dataDir = resolve(values.DATA_DIR);
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = values;
  return {
    mode,
    host: values.HOST,
    port: values.PORT,
    workers: values.WORKERS === 'auto' ? availableParallelism() : values.WORKERS,
    publicUrl,
    appUrl: values.APP_URL ?? publicUrl,
    corsOrigins: values.CORS_ORIGINS ?? [],
    trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    requestBodyBytes: values.REQUEST_BODY_BYTES,
    uploadMaxBytes: values.UPLOAD_MAX_BYTES,
    shutdownGraceSeconds: values.SHUTDOWN_GRACE_SECONDS,
    introspection: values.INTROSPECTION ?? development,
    graphiql: values.GRAPHIQL ?? development,
    ...operationConfig(values),
    log: {
      level: values.LOG_LEVEL,
      format: values.LOG_FORMAT ?? (development && atTerminal ? 'pretty' : 'json'),
    },
    dataDir,
    database: databaseSettings(values, dataDir),
    eventRetention: { days: values.EVENT_RETENTION_DAYS, events: values.EVENT_RETENTION_EVENTS },
    redisUrl: values.REDIS_URL ?? null,
    secretKey: values.SECRET_KEY ?? null,
    previousSecretKey: values.SECRET_KEY_PREVIOUS ?? null,
    firstAdmin: email === undefined || password === undefined ? null : { email, password },
    signUpEnabled: values.SIGN_UP_ENABLED ?? (development || values.SMTP_URL !== undefined),
    signUpLifetimeSeconds: values.SIGN_UP_LIFETIME_SECONDS,
    passwords: {
      minLength: values.PASSWORD_MIN_LENGTH,
      hashing: {
        memoryKib: values.PASSWORD_HASH_MEMORY_KIB,
        iterations: values.PASSWORD_HASH_ITERATIONS,
        parallelism: values.PASSWORD_HASH_PARALLELISM,
      },
      maxWaiting: values.PASSWORD_HASH_QUEUE,
      breachedUrl: values.BREACHED_PASSWORDS_URL ?? null,
    },
    signInFloorMs: values.SIGN_IN_FLOOR_MS,
    stepUpSeconds: values.STEP_UP_SECONDS,
    tokens: {
      algorithm: values.ACCESS_TOKEN_ALGORITHM,
      keyDays: values.SIGNING_KEY_DAYS,
      accessTokenSeconds: values.ACCESS_TOKEN_SECONDS,
    },
    sessions: {
      refreshReuse: values.REFRESH_REUSE,
      idleSeconds: values.SESSION_IDLE_SECONDS,
      absoluteSeconds: values.SESSION_ABSOLUTE_SECONDS,
    },
    smtpUrl: values.SMTP_URL ?? null,
    mailLanguage: values.MAIL_LANGUAGE,
    mailFrom: values.MAIL_FROM ?? `Latchkey <no-reply@${mailDomain(publicUrl)}>`,
  };
}

function operationConfig(values: SettingValues) {
  return {
    operationLimits: {
      documentBytes: values.GRAPHQL_MAX_DOCUMENT_BYTES,
      tokens: values.GRAPHQL_MAX_TOKENS,
      depth: values.GRAPHQL_MAX_DEPTH,
      aliases: values.GRAPHQL_MAX_ALIASES,
      directives: values.GRAPHQL_MAX_DIRECTIVES,
      listItems: values.GRAPHQL_MAX_LIST_ITEMS,
      cost: values.GRAPHQL_MAX_COST,
      validationErrors: values.GRAPHQL_MAX_VALIDATION_ERRORS,
    },
    clientLimits: {
      operationsPerMinute: values.CLIENT_OPERATIONS_PER_MINUTE,
      liveConnections: values.CLIENT_LIVE_CONNECTIONS,
    },
    userLimits: {
      liveConnections: values.USER_LIVE_CONNECTIONS,
      liveCost: values.USER_LIVE_COST,
    },
    webSockets: {
      maxOperations: values.WEBSOCKET_MAX_OPERATIONS,
      messageBytes: values.WEBSOCKET_MESSAGE_BYTES,
      initTimeoutMs: values.WEBSOCKET_INIT_TIMEOUT_MS,
    },
  };
}
