import {
  anyText,
  listenHost,
  oneOf,
  origin,
  originList,
  webPage,
  wholeNumber,
  wholeNumberOr,
} from './kinds.ts';
import { optional, withDefault } from './setting.ts';

/** Describes how the server is started, reached and observed. */
export const serverSettings = {
  NODE_ENV: optional(anyText('a word; only `development` and no value allow development'), {
    description:
      'Kind of start. Anything but `development` counts as production, `test` and `staging` included.',
    example: 'production',
    whenUnset: 'development, where `HOST` and the database allow it',
  }),
  HOST: withDefault(listenHost(), {
    description: 'Address to listen on. Anything but a loopback address counts as production.',
    default: '127.0.0.1',
  }),
  PORT: withDefault(wholeNumber(0, 65_535), {
    description: 'TCP port to listen on; `0` takes any free one.',
    default: '4000',
  }),
  WORKERS: withDefault(wholeNumberOr('auto', 1, 128), {
    description:
      'Processes that share the port, on PostgreSQL; `auto` is one for each core. `--workers` says the same and wins.',
    default: '1',
    example: 'auto',
  }),
  PUBLIC_URL: optional(origin(), {
    description:
      'Where this server is reached from outside. It is the issuer of access tokens, so a change ends those in use.',
    example: 'https://accounts.example.com',
    whenUnset: 'made of `HOST` and `PORT`; required in production when `HOST` is not loopback',
  }),
  APP_URL: optional(webPage(), {
    description:
      'Where links in mails lead: `verify-email`, `reset-password`, `accept-invite` and `confirm-email-change` below it, followed by `#token=…`.',
    example: 'https://app.example.com',
    whenUnset: 'the same as `PUBLIC_URL`, where the server has such pages itself',
  }),
  CORS_ORIGINS: optional(originList(), {
    description:
      'Origins whose pages may call this server, separated by commas. `*` alone allows all, in development only.',
    example: 'https://app.example.com,https://admin.example.com',
    whenUnset: 'none but its own',
  }),
  TRUSTED_PROXY_HOPS: withDefault(wholeNumber(0, 10), {
    description:
      'Number of proxies before this server that add to `X-Forwarded-For`; too high a number lets clients choose their address.',
    default: '0',
    example: '1',
  }),
  REQUEST_BODY_BYTES: withDefault(wholeNumber(1024, 16_777_216, 'bytes'), {
    description: 'Largest request body that is read, in bytes; a file comes on top of it.',
    default: '1048576',
  }),
  UPLOAD_MAX_BYTES: withDefault(wholeNumber(1024, 16_777_216, 'bytes'), {
    description:
      'Largest file that a client can send, in bytes; 8 at a time are read, each into memory.',
    default: '5242880',
  }),
  SHUTDOWN_GRACE_SECONDS: withDefault(wholeNumber(1, 300, 'seconds'), {
    description:
      'How long running requests may take to finish after SIGTERM; below the 10 s after which Docker kills.',
    default: '8',
  }),
  LOG_LEVEL: withDefault(oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), {
    description: 'Least severe messages that are logged.',
    default: 'info',
  }),
  LOG_FORMAT: optional(oneOf('json', 'pretty'), {
    description: 'Form of the log: one JSON object a line, or coloured lines for a person.',
    example: 'json',
    whenUnset: '`pretty` in development at a terminal, `json` otherwise',
  }),
};
