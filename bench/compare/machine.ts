import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** Where a run took place. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGib: number;
  system: string;
  node: string;
  postgres: string;
  /** Load average of the last minute when the run began. */
  loadAtStart: number;
}

/** Describes this machine. */
export function describeMachine(postgres: string): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    postgres,
    loadAtStart: loadavg()[0] ?? 0,
  };
}

/** Names the commit that is measured, and says whether files differ from it; null outside of git. */
export function describeCommit(): string | null {
  const git = (...parameters: string[]) =>
    execFileSync('git', parameters, {
      cwd: join(import.meta.dirname, '../..'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const commit = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain') === '' ? commit : `${commit} with changes`;
  } catch {
    return null;
  }
}
