import type { FirstAccount } from '../src/modules/administration/first-accounts.ts';

/** The password of every sample account; they exist on a development server only. */
export const samplePassword = 'correct horse battery staple';

const person = (name: string): FirstAccount => ({
  email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
  displayName: name,
  password: samplePassword,
  roles: ['user'],
});

/** The accounts that a development server begins with: one administrator and some users. */
export const sampleAccounts: readonly FirstAccount[] = [
  {
    email: 'admin@example.com',
    displayName: 'Sample Admin',
    password: samplePassword,
    roles: ['admin', 'user'],
  },
  ...[
    'Ada Lovelace',
    'Grace Hopper',
    'Katherine Johnson',
    'Barbara Liskov',
    'Radia Perlman',
    'Edsger Dijkstra',
    'Alan Turing',
    'Tony Hoare',
    'Donald Knuth',
    'Margaret Hamilton',
    'Leslie Lamport',
  ].map(person),
];
