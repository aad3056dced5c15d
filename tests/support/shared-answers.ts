import {
  type ExecutionResult,
  executeSubscriptionEvent,
  GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isLeafType,
  isObjectType,
  parse,
  GraphQLSchema as Schema,
  validateSubscriptionArgs,
} from 'graphql';
import type { LoggedEvent } from '../../src/generated/prisma/client.ts';
import type { Context } from '../../src/graphql/context.ts';
import type { AnswerEvent } from '../../src/graphql/event-answers.ts';
import type { EventReader } from '../../src/graphql/event-readers.ts';
import { schema } from '../../src/graphql/schema.ts';
import { sharedBy } from '../../src/graphql/shared-by.ts';
import { readSharedOperation } from '../../src/graphql/shared-operation.ts';
import { fieldsOf } from './schema-parts.ts';

/** A field, as `Type.field`, and a selection that leads to it from an object of some type. */
export interface ReachedField {
  coordinate: string;
  from: string;
  selection: string;
}

/** Lists the object types that can be met in what a stream tells. */
export function typesTold(): GraphQLObjectType[] {
  const told = new Set<GraphQLObjectType>();
  const due = [schema.getType('StreamItem')];
  for (let type = due.pop(); type; type = due.pop()) {
    if (isAbstractType(type)) due.push(...schema.getPossibleTypes(type));
    if (!isObjectType(type) || told.has(type)) continue;
    told.add(type);
    due.push(...fieldsOf(type).map((field) => getNamedType(field.type)));
  }
  return [...told].sort((one, other) => one.name.localeCompare(other.name));
}

/** Finds a way to each field of a type: from the type itself where there is one, or through others. */
export function fieldsReached(sources: readonly string[]): ReachedField[] {
  const ways = new Map(
    sources.map((name) => [name, { from: name, wrap: (inner: string) => inner }]),
  );
  const due = [...sources];
  const reached: ReachedField[] = [];
  for (let name = due.shift(); name !== undefined; name = due.shift()) {
    const type = schema.getType(name);
    const way = ways.get(name);
    if (!isObjectType(type) || !way) continue;
    for (const field of fieldsOf(type)) {
      const answer = getNamedType(field.type);
      const below = isLeafType(answer) ? '' : ' { __typename }';
      const selection = way.wrap(`${field.name}${below}`);
      reached.push({ coordinate: `${name}.${field.name}`, from: way.from, selection });
      if (!isObjectType(answer) || ways.has(answer.name)) continue;
      const wrap = (inner: string) => way.wrap(`${field.name} { ${inner} }`);
      ways.set(answer.name, { from: way.from, wrap });
      due.push(answer.name);
    }
  }
  return reached;
}

/** Makes a schema whose one subscription hands out an object without asking anything. */
export function handingOut(typename: string, specimen: unknown): GraphQLSchema {
  const type = schema.getType(typename);
  if (!isObjectType(type)) throw new Error(`${typename} is not an object type.`);
  const { subscription, types, ...config } = schema.toConfig();
  return new Schema({
    ...config,
    types: types.filter((other) => other !== subscription),
    subscription: new GraphQLObjectType({
      ...sharedBy(),
      name: 'Subscription',
      fields: { specimen: { ...sharedBy(), type, resolve: () => specimen } },
    }),
  });
}

/** What a reader asks for, and of whom. */
export interface Asked {
  of?: GraphQLSchema;
  query: string;
  variables?: Record<string, unknown>;
  entry: unknown;
  identify(): Promise<Context>;
  /** Told each time that it is executed for this reader. */
  onExecute?(): void;
}

/** Makes a reader of a stream whose every answer is computed by the real schema. */
export function readerOf({
  of = schema,
  query,
  variables,
  entry,
  identify,
  onExecute,
}: Asked): EventReader {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error(`Not one operation: ${query}`);
  const validated = validateSubscriptionArgs({
    schema: of,
    document,
    ...(variables && { variableValues: variables }),
  });
  if (!('schema' in validated)) throw validated[0];
  return {
    userId: null,
    operation: readSharedOperation({ schema: of, document, operation, variables }),
    identify,
    execute(contextValue) {
      onExecute?.();
      return executeSubscriptionEvent({ ...validated, rootValue: entry, contextValue });
    },
  };
}

/** Waits for an answer. */
export const answerOf = (answerEvent: AnswerEvent, entry: unknown, reader: EventReader) =>
  new Promise<ExecutionResult>((resolve, reject) => {
    answerEvent(entry, reader, { resolve, reject });
  });

/** Writes an answer as it is sent. */
export const written = (answer: ExecutionResult): unknown => JSON.parse(JSON.stringify(answer));

/** Makes what a stream tells of an event as it happens. */
export const liveEntry = (event: LoggedEvent) => ({ kind: 'event', event, replayed: false });
