/** An operation that limits are tried with: what it asks stands inside fields that fit the schema. */
export interface Root {
  /** Puts fields of an object with an `id` into the operation; it takes the id of a user as `$id`. */
  write(fields: string): string;
  /** Type of that object. */
  type: string;
  /** How many tokens there are around the fields. */
  tokens: number;
  /** Opens fields inside one another; `id` can be asked for inside the fourth and later ones. */
  steps: readonly string[];
  /** Has a list of so many items among its arguments. */
  withList(items: number): string;
  /** Costs so much, by fewer tokens than that. */
  ofCost(cost: number): string;
}

/** Writes something so many times. */
export const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

const query: Root = {
  write: (fields) => `query ($id: ID!) { node(id: $id) { ${fields} } }`,
  type: 'Node',
  tokens: 19,
  steps: [
    'query { events(limit: 1) {',
    'items {',
    'event { ... on SecurityNotice {',
    'session {',
    'user {',
    'roles {',
  ],
  withList: (items) => `query ($id: ID!) { nodes(ids: [${'$id '.repeat(items)}]) { id } }`,
  ofCost(cost) {
    const perItem = 24;
    const items = Math.floor((cost - 1) / perItem);
    const beside = '__typename '.repeat(cost - 1 - items * perItem);
    return `query ($items: Int = ${items}) { events(limit: $items) { ${'hasMore '.repeat(perItem)} } ${beside} }`;
  },
};

const subscription: Root = {
  write: (fields) =>
    `subscription ($id: ID!) { userChanged(id: $id) { ... on EventEnvelope { event { ${fields} } } } }`,
  type: 'Event',
  tokens: 27,
  steps: [
    'subscription ($id: ID!) { userChanged(id: $id) { ... on EventEnvelope {',
    'event { ... on SecurityNotice {',
    'session {',
    'user {',
    'roles {',
    'id {',
  ],
  // No subscription takes a list; one that does not fit is measured before that is seen.
  withList: (items) => subscription.write(`id @include(if: [${'true '.repeat(items)}])`),
  ofCost(cost) {
    // userChanged, event, user and roles; what is below the last counts as four.
    const [around, perField] = [4, 4];
    const fields = Math.floor((cost - around) / perField);
    const beside = 'id '.repeat(cost - around - fields * perField);
    return subscription.write(
      `... on UserChanged { user { roles { ${'id '.repeat(fields)} } } } ${beside}`,
    );
  },
};

/** One of each kind of operation that reads. */
export const roots = { query, subscription };
