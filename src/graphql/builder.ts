import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import ValidationPlugin from '@pothos/plugin-validation';
import type PrismaTypes from '../generated/pothos-types.ts';
import { getDatamodel } from '../generated/pothos-types.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { EventCursor } from '../platform/event-log/cursor.ts';
import { refuseMany } from '../platform/paging.ts';
import type { UploadedFile } from '../platform/uploaded-file.ts';
import type { Context, SignedInContext } from './context.ts';
import { derivedComplexity, onceInPage } from './field-complexity.ts';
import { decodeNodeId } from './global-id.ts';
import { visibleNode } from './node-visibility.ts';
import { pagingDescriptions } from './paging-descriptions.ts';
import { refusal, type Scopes, scopesOf } from './scopes.ts';
import { sharedBy } from './shared-by.ts';
import { toValidationError } from './validation-issues.ts';

/** The one schema builder: types of every module are defined on it. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  AuthScopes: Scopes;
  AuthContexts: { signedIn: SignedInContext };
  DefaultAuthStrategy: 'all';
  PrismaTypes: PrismaTypes;
  /** Types of one feature that another names without importing it. */
  Objects: {
    Role: PrismaTypes['Role']['Shape'];
    RevokedSessions: { revoked: number; closedConnections: number };
  };
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    EmailAddress: { Input: string; Output: string };
    EventCursor: { Input: EventCursor; Output: EventCursor };
    File: { Input: UploadedFile; Output: never };
    URL: { Input: string; Output: string };
    JSON: { Input: never; Output: Prisma.JsonValue };
  };
}>({
  // Relay decodes ids before rules see them; errors comes before prisma, so that unions reach its queries.
  plugins: [
    RelayPlugin,
    ScopeAuthPlugin,
    ErrorsPlugin,
    PrismaPlugin,
    ValidationPlugin,
    ComplexityPlugin,
  ],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: scopesOf,
    // The plugin's own default is `any`, which would read a map of rules as alternatives.
    defaultStrategy: 'all',
    unauthorizedError: (_parent, context) => refusal(context),
  },
  errors: {
    directResult: true,
    // Rules are pure and their messages fixed, so answering them before authorization tells nothing.
    unsafelyHandleInputErrors: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
      description: 'What the mutation of that name answers: its result, or what stood in its way.',
    },
  },
  validation: { validationError: toValidationError },
  // What fields cost is declared with them; operation-limits.ts holds operations to it.
  complexity: { disabled: true, fieldComplexity: derivedComplexity },
  prisma: {
    client: (context) => context.db,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    filterConnectionTotalCount: true,
    onUnusedQuery: 'error',
  },
  relay: {
    cursorType: 'String',
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The objects of this page, each with its cursor.',
      complexity: onceInPage,
    },
    nodeFieldOptions: { nullable: false, description: 'The object.' },
    nodesOnConnection: {
      description: 'The objects of this page without their cursors.',
      complexity: onceInPage,
    },
    ...pagingDescriptions,
    decodeGlobalID: decodeNodeId,
    idFieldOptions: { description: 'Opaque; good for `node`.' },
    nodeTypeOptions: { description: 'An object that can be fetched again by its id.' },
    nodeQueryOptions: {
      args: { id: { description: 'Which object.' } },
      resolve: async (_root, { id }, { viewer }, _info, resolveNode) =>
        visibleNode(id.typename, resolveNode(id), viewer),
      description: 'Fetches any object by its id; null when it does not exist or may not be seen.',
    },
    nodesQueryOptions: {
      args: { ids: { description: 'Which objects, at most 100.' } },
      complexity: ({ ids }) => ({ multiplier: ids.length }),
      resolve: async (_root, { ids }, { viewer }, _info, resolveNodes) =>
        (await resolveNodes(refuseMany('ids', ids))).map((node, index) =>
          visibleNode(ids[index]?.typename ?? '', node, viewer),
        ),
      description:
        'Fetches objects by their ids, in the same order; null for each that does not exist or may not be seen.',
    },
  },
});

builder.queryType({ description: 'Operations that read.' });
builder.mutationType({
  description:
    'Operations that change something. Fields are nullable, so that a refused one leaves the answer of its neighbour whole.',
});
builder.subscriptionType({
  ...sharedBy(),
  description:
    'Operations that go on telling. Whether the viewer may follow is asked when they begin and again for each event; a refusal ends them.',
});
