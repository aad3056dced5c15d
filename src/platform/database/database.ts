import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.ts';

/** Where the data lives, as configured. */
export type DatabaseSettings = EmbeddedSettings | PostgresSettings;

/** PostgreSQL compiled to WebAssembly, inside this process. */
export interface EmbeddedSettings {
  kind: 'embedded';
  /** Directory that holds the data; created with mode 0700 when missing, locked while open. */
  dataDir: string;
}

/** A PostgreSQL server, version 15 or later. */
export interface PostgresSettings {
  kind: 'postgres';
  /** Without `sslmode`, which would override `tls`. */
  url: string;
  /** Reaches the server itself where `url` goes through a transaction pooler. */
  directUrl: string;
  poolSize: number;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  /** `require` encrypts without checking the certificate, `verify` checks it, `disable` does neither. */
  tls: 'disable' | 'require' | 'verify';
  /** PEM file of the authority that `verify` trusts; the system's list when absent. */
  tlsCaFile?: string;
}

/** A Prisma client inside an open transaction. */
export type Transaction = Prisma.TransactionClient;

/** An open subscription to a notification channel. */
export interface Listener {
  close(): Promise<void>;
}

/** The driver underneath Prisma, for the few parts that need it (jobs, LISTEN). */
export type Driver =
  | { kind: 'embedded'; pglite: PGlite }
  | { kind: 'postgres'; pool: Pool; settings: PostgresSettings };

/** An open database; `migrateDatabase` brings its tables up to date. */
export interface Database {
  readonly prisma: PrismaClient;
  readonly driver: Driver;
  /** Resolves when a statement can be answered now; rejects otherwise, within a few seconds. */
  ping(): Promise<void>;
  /**
   * Calls back for each notification on a channel. Notifications sent while the connection is
   * down are lost: `onReconnect` is called after each (re)subscription, the first included, so
   * that readers catch up, and `onLost` when the connection is found to be down. Resolves once the
   * first attempt is over; when that failed, it is repeated until it succeeds.
   */
  listen(
    channel: string,
    onNotice: (payload: string) => void,
    onReconnect: () => void,
    onLost?: () => void,
  ): Promise<Listener>;
  /** Sends a notification outside any transaction; payload at most 7,999 bytes. */
  notify(channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}
