import type { GraphQLSchema } from 'graphql';
import type { LoggedEvent } from '../generated/prisma/client.ts';
import type { Viewer } from '../modules/role/viewer.ts';
import { type Ground, sharingOf } from './shared-by.ts';

/** Writes down what a viewer is; of `self`, who of those involved they are: all may be by default. */
const writers: Record<
  Ground,
  (viewer: Viewer, involved: readonly string[] | null) => string | null
> = {
  permissions: ({ permissions }) => textOf(permissions),
  roles: ({ roleKeys }) => textOf(roleKeys),
  self: ({ userId }, involved) => (involved === null || involved.includes(userId) ? userId : null),
  user: ({ userId }) => userId,
};

const everyGround: ReadonlySet<Ground> = new Set(['permissions', 'roles', 'user']);

/**
 * Writes down what the answers to an event depend on of a viewer; null where nobody else may be
 * given the same. Strangers share nothing.
 */
export function viewerKey(
  viewer: Viewer | null,
  grounds: ReadonlySet<Ground> | null,
  involved: readonly string[] | null,
): string | null {
  if (viewer === null || grounds === null) return null;
  let key = '';
  for (const ground of grounds) key += `${ground} ${writers[ground](viewer, involved)}\n`;
  return key;
}

// What a viewer holds is read along with the session, and stays as it is until that is read anew.
const texts = new WeakMap<ReadonlySet<string>, string>();

function textOf(names: ReadonlySet<string>): string {
  const text = texts.get(names) ?? JSON.stringify([...names].sort());
  texts.set(names, text);
  return text;
}

/** Tells whether somebody is the one whom they were before, and may do the same. */
export function isSameViewer(viewer: Viewer | null, before: Viewer | null): boolean {
  if (viewer?.sessionId !== before?.sessionId) return false;
  return viewerKey(viewer, everyGround, null) === viewerKey(before, everyGround, null);
}

/** Lists the users whom an event involves, as its type declares it; null where it does not. */
export function involvedIn(schema: GraphQLSchema, event: LoggedEvent): readonly string[] | null {
  const type = schema.getType(event.type);
  const ids = type && sharingOf(type).involves?.(event);
  return ids?.filter((id) => id !== null) ?? null;
}
