import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { sessionCursor } from '../../src/modules/session/session.paging.ts';
import { type UserOrder, type UserSort, userCursor } from '../../src/modules/user/user.paging.ts';
import { encodeEventCursor, eventCursorOf } from '../../src/platform/event-log/cursor.ts';
import type { QueryPlansUsersQueryVariables, TypedDocumentString } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { announceAccess } from '../support/access-notices.ts';
import { testSeal } from '../support/cursors.ts';
import { mailedCode, mailedToken, mailsTo, tokenIn } from '../support/mails.ts';
import { globalId, type Person, signUp, signUpAdmin } from '../support/people.ts';
import { explain, fillTables, type SentStatement } from '../support/query-plans.ts';
import { ask } from '../support/request.ts';
import { type StatementWatch, watchStatements } from '../support/statements.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const Users = graphql(`
  query QueryPlansUsers(
    $first: Int, $after: String, $last: Int, $before: String, $orderBy: UserOrder
  ) {
    users(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
      nodes { id roles { key } permissions }
    }
  }
`);
const Me = graphql(`
  query QueryPlansMe { me { roles { key } permissions } currentSession { user { id } } }
`);
const Sessions = graphql(`
  query QueryPlansSessions($first: Int, $after: String, $last: Int, $before: String) {
    me { sessions(first: $first, after: $after, last: $last, before: $before) { nodes { id } } }
  }
`);
const Nodes = graphql(`
  query QueryPlansNodes($id: ID!, $ids: [ID!]!) { user(id: $id) { id } nodes(ids: $ids) { id } }
`);
const Events = graphql(`
  query QueryPlansEvents($after: EventCursor, $topics: [EventTopic!]) {
    events(after: $after, topics: $topics) { items { event { cursor } } cursor hasMore }
  }
`);
const SignUp = graphql(`
  mutation QueryPlansSignUp($input: SignUpInput!) { signUp(input: $input) { __typename } }
`);
const VerifyEmail = graphql(`
  mutation QueryPlansVerifyEmail($input: TokenInput!) {
    verifyEmail(input: $input) { ... on AuthPayload { user { id } session { id } } }
  }
`);
const SignIn = graphql(`
  mutation QueryPlansSignIn($input: SignInInput!) {
    signIn(input: $input) { ... on AuthPayload { user { id } session { id } } }
  }
`);
const RefreshSession = graphql(`
  mutation QueryPlansRefresh($input: RefreshInput!) {
    refreshSession(input: $input) { __typename }
  }
`);
const UpdateProfile = graphql(`
  mutation QueryPlansUpdate($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename }
  }
`);
const SignOut = graphql(`
  mutation QueryPlansSignOut { signOut(everywhere: true) { __typename } }
`);
const RequestSignInCode = graphql(`
  mutation QueryPlansRequestSignInCode($input: EmailInput!) {
    requestSignInCode(input: $input) { __typename }
  }
`);
const SignInWithCode = graphql(`
  mutation QueryPlansSignInWithCode($input: SignInWithCodeInput!) {
    signInWithCode(input: $input) { __typename }
  }
`);
const RequestPasswordReset = graphql(`
  mutation QueryPlansRequestPasswordReset($input: EmailInput!) {
    requestPasswordReset(input: $input) { __typename }
  }
`);
const ResetPassword = graphql(`
  mutation QueryPlansResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) { __typename }
  }
`);
const RequestEmailChange = graphql(`
  mutation QueryPlansRequestEmailChange($input: EmailInput!) {
    requestEmailChange(input: $input) { __typename }
  }
`);
const ConfirmEmailChange = graphql(`
  mutation QueryPlansConfirmEmailChange($input: TokenInput!) {
    confirmEmailChange(input: $input) { __typename }
  }
`);

const accounts = 10_000;
/** What grows with the accounts; roles are few, and read as a whole best. */
const growing = [
  'user',
  'password_credential',
  'user_role',
  'session',
  'sign_up',
  'mailed_token',
  'logged_event',
];

const sorts = {
  CREATED_AT: { column: 'created_at', field: 'createdAt', index: 'user_created_at_id_idx' },
  UPDATED_AT: { column: 'updated_at', field: 'updatedAt', index: 'user_updated_at_id_idx' },
  LAST_SEEN_AT: {
    column: 'last_seen_at',
    field: 'lastSeenAt',
    index: 'user_last_seen_at_id_idx',
  },
  EMAIL: { column: 'email', field: 'email', index: 'user_email_key' },
  DISPLAY_NAME: { column: 'display_name', field: 'displayName', index: 'user_display_name_id_idx' },
} as const satisfies Record<UserSort, object>;

const orders: UserOrder[] = (Object.keys(sorts) as UserSort[]).flatMap((by) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ by, direction })),
);

let testApp: TestApp;
let watch: StatementWatch;
let ada: Person;
let admin: Person;
beforeAll(async () => {
  const running = await startTestApp();
  testApp = running;
  watch = watchStatements(running.database);
  ada = await signUp(running);
  admin = await signUpAdmin(running);
  await fillTables(running.database, accounts);
  return running.stop;
});

/** Records what an operation sends, but for the bounds of transactions and what others keep. */
async function statementsOf<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  accessToken?: string,
  options?: { everything: boolean },
): Promise<SentStatement[]> {
  const run = () => ask(testApp, document, variables, { accessToken });
  const { sent, values } = await watch.record(run, options);
  return sent
    .map((sql, index) => ({ sql, values: values[index] ?? [] }))
    .filter(({ sql }) => !/^(BEGIN|COMMIT)|\bpgboss\.|\brate_limit\b/.test(sql));
}

describe.each(orders)('users by $by $direction', (orderBy) => {
  const { column, field, index } = sorts[orderBy.by];
  const explainPage = async (page: QueryPlansUsersQueryVariables) => {
    const sent = await statementsOf(Users, { ...page, orderBy }, admin.accessToken);
    const [statement, ...others] = sent.filter(({ sql }) => sql.includes(' LIMIT '));
    if (!statement || others.length > 0) throw new Error('There is not one statement for a page.');
    return explain(testApp.database, statement, { analyze: true });
  };
  const cursorInTheMiddle = async () => {
    const sort = { [field]: orderBy.direction === 'ASC' ? 'asc' : 'desc' } as const;
    const row = await testApp.database.prisma.user.findFirstOrThrow({
      orderBy: [sort, { id: sort[field] ?? 'asc' }],
      skip: accounts / 2,
    });
    return userCursor(testSeal, orderBy, row);
  };

  it.each(['first', 'last'])(
    'reads the %s page off the index, without sorting all',
    async (end) => {
      const steps = await explainPage({ [end]: 20 });
      const reads = steps.filter((step) => step['Relation Name'] === 'user');
      expect(reads).toMatchObject([{ 'Node Type': 'Index Scan', 'Index Name': index }]);
      expect(steps.map((step) => step['Node Type'])).not.toContain('Sort');
    },
  );

  it.each([
    ['after', 'first'],
    ['before', 'last'],
  ])(
    'enters the index %s a position in the middle, and walks up to it nowhere',
    async (side, end) => {
      const steps = await explainPage({ [end]: 20, [side]: await cursorInTheMiddle() });
      const reads = steps.filter((step) => step['Relation Name'] === 'user');
      const forwards = (side === 'after') === (orderBy.direction === 'ASC');
      expect(reads).toMatchObject([
        {
          'Node Type': 'Index Scan',
          'Index Name': index,
          'Index Cond': expect.stringMatching(`^\\(${column} ${forwards ? '>' : '<'}= `),
        },
      ]);
      // Those that share the value of the position.
      expect(reads[0]?.['Rows Removed by Filter']).toBeLessThanOrEqual(20);
      expect(steps.map((step) => step['Node Type'])).not.toContain('Sort');
    },
  );
});

describe('the sessions of a user who has many', () => {
  const index = 'session_user_id_created_at_id_idx';
  let middle: string;
  beforeAll(async () => {
    const { prisma } = testApp.database;
    await prisma.$executeRaw`
      INSERT INTO session (id, user_id, salt, created_at, authenticated_at, expires_at, idle_expires_at)
      SELECT gen_random_uuid(), ${ada.userId}::uuid, '\\x00', now() - n / 4 * interval '1 minute', now(),
        now() + interval '1 day', now() + interval '1 day'
      FROM generate_series(1, ${accounts}::int) n`;
    await prisma.$executeRaw`ANALYZE session`;
    const row = await prisma.session.findFirstOrThrow({
      where: { userId: ada.userId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: accounts / 2,
    });
    middle = sessionCursor(testSeal, row);
  });

  it.each([
    ['first', null, '='],
    ['last', null, '='],
    ['first', 'after', '<='],
    ['last', 'before', '>='],
  ])('are read off the index, entered where the page begins: %s %s', async (end, side, bound) => {
    const page = { [end]: 20, ...(side && { [side]: middle }) };
    const sent = await statementsOf(Sessions, page, ada.accessToken);
    const [statement] = sent.filter(({ sql }) => sql.includes(' LIMIT ') && sql.includes('salt'));
    if (!statement) throw new Error('There is no statement for the page.');
    const steps = await explain(testApp.database, statement, { analyze: true });
    const reads = steps.filter((step) => step['Relation Name'] === 'session');
    expect(reads).toMatchObject([{ 'Node Type': 'Index Scan', 'Index Name': index }]);
    expect(reads[0]?.['Index Cond']).toContain(side ? `created_at ${bound} ` : 'user_id = ');
    expect(reads[0]?.['Rows Removed by Filter'] ?? 0).toBeLessThanOrEqual(20);
    expect(steps.map((step) => step['Node Type'])).not.toContain('Sort');
  });
});

/** An operation, indexes that it must find its rows by, and its run. */
type LookUp = [operation: string, indexes: string[], run: () => Promise<SentStatement[]>];

const refreshed = () => testApp.database.prisma.$executeRaw`
  UPDATE session SET rotated_at = rotated_at - interval '10 seconds' WHERE rotated_at IS NOT NULL`;

const refresh = () => statementsOf(RefreshSession, { input: { refreshToken: ada.refreshToken } });

const codesAndLinksOfAddress = 'mailed_token_email_purpose_expires_at_idx';
const newAddress = 'root@example.net';

const lookUps: LookUp[] = [
  [
    'me and currentSession',
    ['session_pkey', 'user_pkey', 'user_role_pkey'],
    async () => {
      await announceAccess(testApp, 'everybody');
      return statementsOf(Me, {}, ada.accessToken);
    },
  ],
  [
    'users with roles',
    ['user_created_at_id_idx', 'user_role_pkey'],
    () => statementsOf(Users, { first: 2 }, admin.accessToken),
  ],
  [
    'user and nodes',
    ['user_pkey', 'session_pkey'],
    () => {
      const ids = [ada.id, admin.id, globalId('Session', ada.sessionId)];
      return statementsOf(Nodes, { id: admin.id, ids }, ada.accessToken);
    },
  ],
  [
    'events of a user',
    // Of few rows, those of all topics are found as well by the indexes of one.
    ['logged_event_pkey'],
    () => statementsOf(Events, {}, ada.accessToken, { everything: true }),
  ],
  [
    'events of a reader of users, in the middle of the log',
    ['logged_event_pkey'],
    async () => {
      const { prisma } = testApp.database;
      const [row] = await prisma.loggedEvent.findMany({ skip: accounts / 2, take: 1 });
      if (!row) throw new Error('The log is empty.');
      const after = encodeEventCursor(eventCursorOf(row));
      return statementsOf(Events, { after }, admin.accessToken, { everything: true });
    },
  ],
  [
    'signUp',
    ['sign_up_expires_at_idx'],
    () => {
      const { password, displayName } = ada;
      const email = `${randomUUID()}@example.com`;
      return statementsOf(SignUp, { input: { email, password, displayName } });
    },
  ],
  [
    'verifyEmail',
    ['sign_up_pkey', 'sign_up_email_created_at_idx', 'user_pkey'],
    async () => {
      const email = `${randomUUID()}@example.com`;
      const { password, displayName } = ada;
      await ask(testApp, SignUp, { input: { email, password, displayName } });
      const [mail] = await mailsTo(testApp, email);
      return statementsOf(VerifyEmail, { input: { token: tokenIn(mail) } });
    },
  ],
  [
    'signIn',
    ['user_email_key', 'password_credential_pkey', 'session_user_id_created_at_id_idx'],
    () => statementsOf(SignIn, { input: { email: ada.email, password: ada.password } }),
  ],
  ['refreshSession', ['session_pkey', 'user_pkey'], refresh],
  ['refreshSession with the parent', ['session_pkey', 'user_pkey'], refresh],
  [
    'refreshSession by a thief',
    ['session_pkey', 'user_pkey'],
    async () => {
      await refreshed();
      return refresh();
    },
  ],
  [
    'updateProfile',
    ['user_pkey'],
    () => statementsOf(UpdateProfile, { input: { username: 'root' } }, admin.accessToken),
  ],
  [
    'requestSignInCode',
    ['mailed_token_expires_at_idx'],
    () => statementsOf(RequestSignInCode, { input: { email: admin.email } }),
  ],
  [
    'signInWithCode',
    ['user_email_key', codesAndLinksOfAddress, 'session_user_id_created_at_id_idx'],
    async () => {
      const { email } = admin;
      return statementsOf(SignInWithCode, {
        input: { email, code: await mailedCode(testApp, email) },
      });
    },
  ],
  [
    'requestEmailChange',
    ['user_pkey', 'mailed_token_user_id_idx', 'mailed_token_expires_at_idx'],
    () => statementsOf(RequestEmailChange, { input: { email: newAddress } }, admin.accessToken),
  ],
  [
    'confirmEmailChange',
    ['mailed_token_pkey', 'user_pkey', 'mailed_token_user_id_idx', codesAndLinksOfAddress],
    async () => {
      const token = await mailedToken(testApp, newAddress, 'confirm-email-change');
      return statementsOf(ConfirmEmailChange, { input: { token } });
    },
  ],
  [
    'signOut everywhere',
    ['session_user_id_created_at_id_idx'],
    () => statementsOf(SignOut, {}, admin.accessToken),
  ],
  [
    'resetPassword',
    ['mailed_token_pkey', 'user_pkey', 'mailed_token_user_id_idx', codesAndLinksOfAddress],
    async () => {
      await ask(testApp, RequestPasswordReset, { input: { email: newAddress } });
      const token = await mailedToken(testApp, newAddress, 'reset-password');
      const newPassword = 'nine otters under the pier';
      return statementsOf(ResetPassword, { input: { token, newPassword } });
    },
  ],
];

describe('an operation', () => {
  it.each(lookUps)('finds its rows by indexes: %s', async (_operation, indexes, run) => {
    const plans = [];
    for (const statement of await run()) plans.push(await explain(testApp.database, statement));
    const steps = plans.flat();
    const used = steps.flatMap((step) => step['Index Name'] ?? []);
    expect(used).toEqual(expect.arrayContaining(indexes));
    const readAsAWhole = steps
      .filter((step) => step['Node Type'] === 'Seq Scan')
      .map((step) => step['Relation Name'] ?? '');
    expect(readAsAWhole.filter((table) => growing.includes(table))).toEqual([]);
  });
});
