import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import type { Column } from './access-matrix.ts';
import { createAddresses, createAskFrom, outcomeOf } from './access-questions.ts';
import { argumentsOf, grantedRoutes, routes } from './access-routes.ts';
import { contextOf, createWorld, type World } from './access-world.ts';
import { openStream } from './live-answers.ts';
import type { GraphqlBody } from './raw-request.ts';
import { readSpecimen } from './specimens.ts';
import type { TestApp } from './test-app.ts';

/** Asks for one field, named as in the table, and tells what came of it. */
export type Probe = (typename: string, field: string, column: Column) => Promise<string>;

/** Makes the people and objects of the matrix; answers what asks for a cell of it. */
export async function createProbe(testApp: TestApp): Promise<Probe> {
  const world = await createWorld(testApp);
  const anyAddress = createAddresses();
  const ask = createAskFrom(testApp, world, anyAddress);
  /** Subscribes, and takes the first answer. */
  const askOnce = async (
    query: string,
    accessToken: string | undefined,
    bringAbout: () => Promise<void>,
  ): Promise<GraphqlBody> => {
    const ipAddress = anyAddress();
    const answers = await openStream(testApp, { query }, { accessToken, ipAddress });
    await bringAbout();
    const first = await answers.next();
    await answers.leave();
    return JSON.parse(JSON.stringify(first ?? {}));
  };
  return async (typename, field, column) => {
    const selection = await select(world, typename, field);
    if (column === 'granted') {
      const below = grantedRoutes[typename]?.(selection) ?? '';
      return outcomeOf(await ask((await routes.AuthPayload?.(below, world)) ?? '', undefined));
    }
    const accessToken =
      column === 'stranger'
        ? undefined
        : (await world.startSession(world.people[column], proofFor(typename))).accessToken;
    const specimen = world.specimens[`${typename}.${field}`] ?? world.specimens[typename];
    const readAlone = async () =>
      outcomeOf(
        await readSpecimen(typename, specimen, selection, await contextOf(testApp, accessToken)),
      );
    if (typename === 'Subscription') {
      // It tells nothing by itself.
      const isSilent = field === 'messageReceived' && column !== 'stranger';
      const bringAbout = async () => {
        if (isSilent) await world.writeTo(world.people[column]);
      };
      const query = `subscription { ${selection} }`;
      const first = outcomeOf(await askOnce(query, accessToken, bringAbout));
      const next = await readAlone();
      return first === next ? first : `${first}, and ${next} for an event`;
    }
    if (specimen !== undefined) return readAlone();
    const route = routes[typename];
    if (!route)
      throw new Error(`tests/support/access-routes.ts does not say where ${typename} is met.`);
    const ipAddress = typename === 'RateLimitedError' ? world.flooded.ipAddress : undefined;
    return outcomeOf(await ask(await route(selection, world), accessToken, ipAddress));
  };
}

const proofFor = (typename: string) => (typename === 'StepUpRequiredError' ? 'old' : undefined);

/** Writes the selection of a field, under the name by which its value is found again. */
async function select(world: World, typename: string, row: string): Promise<string> {
  const [name = ''] = row.split(':');
  const type = schema.getType(typename);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (!field) throw new Error(`There is no ${typename}.${name}.`);
  const args =
    typename in { Query: 0, Mutation: 0, Subscription: 0 } ? await argumentsOf[row]?.(world) : '';
  const below = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  return `probe: ${name}${args ?? ''} ${below}`;
}
