import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';

/** What the scope plugin is told of a type or a field, as Pothos keeps it with the schema. */
interface RuleOptions {
  authScopes?: unknown;
  skipTypeScopes?: boolean;
}

/**
 * Lists the fields, as `Type.field`, that a stranger comes to without being asked for anything:
 * neither the field has a rule nor its type, and there is a way to it from a root by such fields
 * alone. What a rule says is not looked at, but one that is empty is none. Rules of interfaces do not
 * count: there are none.
 */
export function unruledFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const met = new Set<GraphQLObjectType>();
  const due = roots.filter((root) => root != null);
  const unruled: string[] = [];
  for (let type = due.pop(); type; type = due.pop()) {
    if (met.has(type)) continue;
    met.add(type);
    for (const field of Object.values(type.getFields())) {
      if (isRuled(type, field)) continue;
      unruled.push(`${type.name}.${field.name}`);
      due.push(...objectsOf(schema, getNamedType(field.type)));
    }
  }
  return unruled.sort();
}

function isRuled(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  const own = optionsOf(field);
  return hasRule(own) || (own.skipTypeScopes !== true && hasRule(optionsOf(type)));
}

function optionsOf({
  extensions,
}: GraphQLField<unknown, unknown> | GraphQLObjectType): RuleOptions {
  return (extensions.pothosOptions as RuleOptions | undefined) ?? {};
}

/** A map of rules of which all must hold lets everybody pass when there is none in it. */
function hasRule({ authScopes }: RuleOptions): boolean {
  if (typeof authScopes === 'function') return true;
  return Object.entries(authScopes ?? {}).some(
    ([scope, value]) => scope !== '$all' || hasRule({ authScopes: value }),
  );
}

function objectsOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}
