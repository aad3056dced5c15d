/** Tells whether a query asks for rows alone, all of their columns: others who ask so get the same. */
export const asksForWholeRows = ({ select, include }: { select?: unknown; include?: unknown }) =>
  select == null && Object.keys(include ?? {}).length === 0;
