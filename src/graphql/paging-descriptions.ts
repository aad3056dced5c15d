/** Describes what every connection has in common (Relay's specification of cursor connections). */
export const pagingDescriptions = {
  firstArgOptions: { description: 'How many from the front, 1 to 100.' },
  afterArgOptions: { description: 'Only what comes after this cursor.' },
  lastArgOptions: { description: 'How many from the back, 1 to 100; not together with `first`.' },
  beforeArgOptions: { description: 'Only what comes before this cursor.' },
  cursorFieldOptions: {
    description: 'Where the object stands in the list; good for `after` and `before`.',
  },
  pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
  pageInfoFieldOptions: { description: 'Where this page stands in the list.' },
  hasNextPageFieldOptions: { description: 'Whether more follows.' },
  hasPreviousPageFieldOptions: { description: 'Whether something comes before.' },
  startCursorFieldOptions: {
    description: 'The cursor of the first object; null on an empty page.',
  },
  endCursorFieldOptions: { description: 'The cursor of the last object; null on an empty page.' },
};
