import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import type { Column } from './access-matrix.ts';
import { argumentsOf, grantedRoutes, routes } from './access-routes.ts';
import { contextOf, createWorld, type World } from './access-world.ts';
import { bodyOf, type GraphqlBody, postGraphql } from './raw-request.ts';
import { readSpecimen } from './specimens.ts';
import type { TestApp } from './test-app.ts';

/** Asks for one field, named as in the table, and tells what came of it. */
export type Probe = (typename: string, field: string, column: Column) => Promise<string>;

/** Makes the people and objects of the matrix; answers what asks for a cell of it. */
export async function createProbe(testApp: TestApp): Promise<Probe> {
  const world = await createWorld(testApp);
  const addresses = (function* () {
    for (let count = 1; ; count++) yield `198.51.${100 + (count >> 8)}.${count & 255}`;
  })();
  const ask = async (query: string, accessToken: string | undefined): Promise<GraphqlBody> => {
    const headers = {
      'user-agent': 'tests',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    };
    // Each from an address of its own, or the rate limits would answer.
    const ipAddress = addresses.next().value;
    return bodyOf(await postGraphql(testApp, { query }, headers, ipAddress));
  };
  return async (typename, field, column) => {
    const selection = await select(world, typename, field);
    if (column === 'granted') {
      const below = grantedRoutes[typename]?.(selection) ?? '';
      return outcomeOf(await ask(routes.AuthPayload?.(below, world) ?? '', undefined));
    }
    const accessToken =
      column === 'stranger'
        ? undefined
        : (await world.startSession(world.people[column])).accessToken;
    if (typename in world.specimens) {
      const context = await contextOf(testApp, accessToken);
      return outcomeOf(await readSpecimen(typename, world.specimens[typename], selection, context));
    }
    const route = routes[typename];
    if (!route) throw new Error(`Nothing says where ${typename} is met.`);
    return outcomeOf(await ask(route(selection, world), accessToken));
  };
}

/** Writes the selection of a field, under the name by which its value is found again. */
async function select(world: World, typename: string, row: string): Promise<string> {
  const [name = ''] = row.split(':');
  const type = schema.getType(typename);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (!field) throw new Error(`There is no ${typename}.${name}.`);
  const args = typename in { Query: 0, Mutation: 0 } ? await argumentsOf[row]?.(world) : '';
  const below = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  return `probe: ${name}${args ?? ''} ${below}`;
}

/** Reads what a field answered; an expected error that came instead is named by its type. */
function outcomeOf({ data, errors }: GraphqlBody): string {
  if (errors) return errors[0]?.extensions?.code ?? 'an error without a code';
  const found = findProbe(data);
  const value = Array.isArray(found) && found.length > 0 ? found[0] : found;
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const { __typename: typename = '' } = Object(value);
  return typename.endsWith('Error') ? typename : 'value';
}

function findProbe(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return undefined;
  if ('probe' in data) return data.probe;
  for (const part of Object.values(data)) {
    const found = findProbe(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
