import { findFreePort } from '../../tests/support/free-port.ts';
import { administrator } from './administrator.ts';
import { type BenchDatabase, benchServerUrl, createBenchDatabase } from './bench-database.ts';
import { listSystems } from './find-systems.ts';
import { gatherSystems } from './gather-systems.ts';
import { issueTokens, prepareTables } from './issuer.ts';
import { openLoad } from './load.ts';
import { describeCommit, describeMachine } from './machine.ts';
import type { CompareOptions } from './options.ts';
import { listPeople, seed } from './population.ts';
import { recordInto, say } from './recorder.ts';
import type { Run } from './results.ts';
import { takeTurn } from './turn.ts';

/**
 * Compares the systems, each of which has its turn in each round, on a database of its own; tells of
 * its progress on standard error. What is to be cleared away afterwards it adds to the resources;
 * servers end when it is interrupted.
 */
export async function compare(
  options: CompareOptions,
  resources: AsyncDisposableStack,
  interruption: AbortSignal,
): Promise<Run> {
  const names = listSystems(options.systems);
  const database = resources.adopt(await createBenchDatabase(benchServerUrl()), (it) => it.drop());
  const load = resources.adopt(openLoad(), (it) => it.close());
  const circumstances = {
    date: new Date().toISOString(),
    commit: describeCommit(),
    machine: describeMachine(database.version),
    options,
  };
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const environment = environmentOf(options, database, url);
  say('Making the tables and filling them.');
  await prepareTables(environment, interruption);
  const viewers = await seed(database, options.connections);
  const emails = await listPeople(database, viewers);
  const { systems, ...described } = await gatherSystems(names, environment);
  const run: Run = {
    ...circumstances,
    ...described,
    measurements: [],
    starts: [],
    faults: [],
  };
  for (let round = 1; round <= options.rounds; round++) {
    const { jwks, ...issued } = await issueTokens(environment, viewers, interruption);
    for (const system of systems) {
      await takeTurn(system, {
        round,
        options,
        database,
        url,
        environment: { ...environment, JWKS: jwks },
        callers: { viewers, ...issued },
        people: { emails, password: administrator.password },
        load,
        interruption,
        record: recordInto(run),
      });
    }
  }
  return run;
}

/** What every system is started with, at the same address each, which is the issuer of the tokens. */
function environmentOf({ poolSize }: CompareOptions, database: BenchDatabase, url: string) {
  const { hostname, port } = new URL(url);
  return {
    NODE_ENV: 'production',
    HOST: hostname,
    PORT: port,
    DATABASE_URL: database.url,
    POOL_SIZE: String(poolSize),
    ISSUER: url,
    AUDIENCE: url,
  };
}
