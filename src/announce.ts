/** What a person at the terminal is told of. */
export interface Announcement {
  publicUrl: string;
  /** Whether browsers get GraphiQL. */
  graphiql: boolean;
  /** Null where mails are really sent. */
  outboxUrl: string | null;
  /** Null where there are no sample accounts. */
  samplePassword: string | null;
}

/** Writes for the person at the terminal where everything is; for a development server only. */
export function announce(
  { publicUrl, graphiql, outboxUrl, samplePassword }: Announcement,
  write: (text: string) => void,
): void {
  const lines = [
    'Latchkey is ready.',
    '',
    `  GraphQL   ${publicUrl}/graphql${graphiql ? '   (in a browser: GraphiQL)' : ''}`,
    ...(outboxUrl ? [`  Mails     ${outboxUrl}   (nothing is sent: mails can be read here)`] : []),
    `  Health    ${publicUrl}/health`,
    ...(samplePassword ? sampleAccountLines(samplePassword) : []),
  ];
  write(`\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`);
}

const sampleAccountLines = (password: string) => [
  '',
  `  Sample accounts, password "${password}":`,
  '    admin@example.com   has every permission',
  '    ada@example.com     an ordinary user',
];
