/** What can become of something that is kept. */
export const changeKinds = ['CREATED', 'UPDATED', 'DELETED'] as const;

/** What became of it. */
export type ChangeKind = (typeof changeKinds)[number];
