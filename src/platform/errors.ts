/**
 * The public error contract. Services throw these; each becomes a member of the result union of
 * the mutation that can produce it. Messages are fixed texts: they never carry input, ids, tokens
 * or addresses. docs/errors.md lists every code.
 */

/** One broken rule of an input. */
export interface FieldIssue {
  /** Argument and field names from the root, e.g. `["input", "email"]`. */
  path: string[];
  code: string;
  message: string;
}

/** Input breaks one or more rules; nothing was changed. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
  readonly code = 'VALIDATION_FAILED';
  readonly issues: FieldIssue[];

  constructor(issues: FieldIssue[]) {
    super('Some of the input is not acceptable.');
    this.issues = issues;
  }
}

/** The address and password do not belong together; also when the address is unknown. */
export class InvalidCredentialsError extends Error {
  override readonly name = 'InvalidCredentialsError';
  readonly code = 'INVALID_CREDENTIALS';

  constructor() {
    super('The password is wrong, or there is no such account.');
  }
}

/** What is wrong with a token, once its signature held. */
export type TokenFault = 'EXPIRED' | 'CONSUMED' | 'UNKNOWN' | 'REVOKED';

/** A one-time or refresh token does not hold (any more). */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  readonly code = 'INVALID_TOKEN';
  readonly reason: TokenFault;

  constructor(reason: TokenFault) {
    super('This link, code or token is not valid (any more).');
    this.reason = reason;
  }
}

/** The password is right, but the account may not be used now. */
export class AccountUnavailableError extends Error {
  override readonly name = 'AccountUnavailableError';
  readonly code = 'ACCOUNT_UNAVAILABLE';
  readonly status: 'SUSPENDED';
  /** When the suspension ends by itself; null where it has no end. */
  readonly until: Date | null;

  constructor(status: 'SUSPENDED', until: Date | null) {
    super('This account is suspended.');
    this.status = status;
    this.until = until;
  }
}

/** The change collides with what is stored: a name is taken, or the row has moved on. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly code = 'CONFLICT';
  /** The input field that collides, if one does. */
  readonly path: string[] | null;
  /** The version that is stored now, if `expectedVersion` was not it. */
  readonly currentVersion: number | null;

  constructor(message: string, details: { path?: string[]; currentVersion?: number } = {}) {
    super(message);
    this.path = details.path ?? null;
    this.currentVersion = details.currentVersion ?? null;
  }
}

/** What the change is about does not exist (any more), or the viewer may not know of it. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly code = 'NOT_FOUND';
  readonly typename: string;
  /** Id in the database. */
  readonly id: string;

  constructor(typename: string, id: string) {
    super('There is nothing with this id (any more).');
    this.typename = typename;
    this.id = id;
  }
}

/** The viewer must prove who they are once more; the same call is welcome after that. */
export class StepUpRequiredError extends Error {
  override readonly name = 'StepUpRequiredError';
  readonly code = 'STEP_UP_REQUIRED';
  /** How recent the proof must be. */
  readonly maxAgeSeconds: number;

  constructor(maxAgeSeconds: number) {
    super('Prove who you are once more, then try again.');
    this.maxAgeSeconds = maxAgeSeconds;
  }
}

/** What a rate limit counts. */
export type RateLimitScope =
  | 'CLIENT_IP'
  | 'ACCOUNT'
  | 'CLIENT_IP_AND_ACCOUNT'
  | 'VIEWER'
  | 'SERVER';

/** Too many attempts; the same call is welcome again after the delay. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;
  readonly scope: RateLimitScope;

  constructor(retryAfterSeconds: number, scope: RateLimitScope) {
    super('Too many attempts. Try again later.');
    this.retryAfterSeconds = retryAfterSeconds;
    this.scope = scope;
  }
}

/** A file is not one that is taken; nothing of it was kept. */
export class UploadRejectedError extends Error {
  override readonly name = 'UploadRejectedError';
  readonly code = 'UPLOAD_REJECTED';
  /** Media type that the content has, whatever the client said; null where it is not known. */
  readonly detectedType: string | null;
  /** How large a file may be. */
  readonly maxBytes: number;

  constructor(message: string, details: { detectedType: string | null; maxBytes: number }) {
    super(message);
    this.detectedType = details.detectedType;
    this.maxBytes = details.maxBytes;
  }
}

/** Why the server declines a request as a whole. */
export type RefusalCode = 'SIGN_UP_DISABLED' | 'FORBIDDEN';

/** The request as a whole is declined: a top-level error with a stable code, no union member. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
