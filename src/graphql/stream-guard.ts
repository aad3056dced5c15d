import type { StreamEntry } from '../platform/event-log/stream-entries.ts';
import { type AuthExpiring, tellingOfExpiry } from './auth-expiring.ts';
import { builder } from './builder.ts';
import type { Context, SignedInContext } from './context.ts';
import { refusal } from './scopes.ts';

/** What has to hold for a field to be reached, as its `authScopes` say it. */
type Rule = Parameters<typeof builder.runAuthScopes>[1];

/**
 * Opens a stream for whoever is signed in, if a rule holds. The scope plugin asks the `authScopes` of a subscription for each
 * event, or when it begins, but not both; it is left to ask for each event, and this asks first.
 * Of StreamItem; what tells something else is opened by `openPlainIfAllowed`.
 */
export async function openIfAllowed(
  context: Context,
  rule: Rule,
  open: (context: SignedInContext) => AsyncIterableIterator<StreamEntry, undefined>,
): Promise<AsyncIterableIterator<StreamEntry | AuthExpiring, undefined>> {
  const entries = await openPlainIfAllowed(context, rule, open);
  return tellingOfExpiry(entries, context.caller);
}

/** Does so for a subscription that tells no StreamItem, and so not when its token ends either. */
export async function openPlainIfAllowed<Stream>(
  context: Context,
  rule: Rule,
  open: (context: SignedInContext) => Stream,
): Promise<Stream> {
  await builder.runAuthScopes(context, rule, () => refusal(context));
  const { viewer } = context;
  if (viewer === null) throw refusal(context);
  return open({ ...context, viewer });
}
