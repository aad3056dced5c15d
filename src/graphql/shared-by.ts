import type { LoggedEvent } from '../generated/prisma/client.ts';

/**
 * What makes the answer to an event differ from viewer to viewer: `permissions` and `roles` are
 * those of the viewer; `self` is whether the viewer is one of the users whom the event involves, and
 * which; `user` is who the viewer is, whomever it involves.
 */
export type Ground = 'permissions' | 'roles' | 'self' | 'user';

/** What a type or a field declares; read where an operation is looked at, never while it runs. */
export interface Sharing {
  readonly sharedBy?: readonly Ground[];
  /** Of a field of `Subscription`: its arguments that say no more than where the stream begins. */
  readonly beginsAt?: readonly string[];
  /** Of a type of events: the ids of the users whom one involves; null where it may be anybody. */
  readonly involves?: (event: LoggedEvent) => readonly (string | null)[] | null;
}

/**
 * Declares that a type or a field is the same for all signed-in viewers who have these grounds in
 * common: its rule and its resolver look at nothing else of the context. A type or a field without a
 * declaration is never shared. A field that leads to another account than those that the event
 * involves needs `user`, for `self` is asked below it, too.
 */
export const sharedBy = (...grounds: Ground[]) => declare({ sharedBy: grounds });

/** Declares the same of a type of events, and whom one of them involves. */
export const sharedEvent = (involves: NonNullable<Sharing['involves']>, ...grounds: Ground[]) =>
  declare({ sharedBy: grounds, involves });

/** Declares the same of a field of `Subscription`, and which arguments say where its stream begins. */
export const sharedStream = (beginsAt: readonly string[], ...grounds: Ground[]) =>
  declare({ sharedBy: grounds, beginsAt });

const declare = (sharing: Sharing) => ({ extensions: { ...sharing } });

/** Reads what a type or a field declares. */
export const sharingOf = ({ extensions }: { extensions: object }): Sharing => extensions;
