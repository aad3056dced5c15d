import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { refusal } from './scopes.ts';

/** What has to hold for a field to be reached, as its `authScopes` say it. */
type Rule = Parameters<typeof builder.runAuthScopes>[1];

/**
 * Opens a stream if a rule holds. The scope plugin asks the `authScopes` of a subscription for each
 * event, or when it begins, but not both; it is left to ask for each event, and this asks first.
 */
export async function openIfAllowed<Stream>(
  context: Context,
  rule: Rule,
  open: () => Stream,
): Promise<Stream> {
  await builder.runAuthScopes(context, rule, () => refusal(context));
  return open();
}
