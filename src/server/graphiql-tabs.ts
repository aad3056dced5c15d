/** One of the tabs that GraphiQL begins with. */
export interface GraphiqlTab {
  query: string;
  /** JSON. */
  variables?: string;
}

/** Somebody who can sign in without having signed up. */
export interface SampleAccount {
  email: string;
  password: string;
}

/** Writes the tabs that lead a newcomer from signing in to a change that arrives by itself. */
export function graphiqlTabs(sampleAccount: SampleAccount | null): GraphiqlTab[] {
  const { email, password } = sampleAccount ?? { email: 'you@example.com', password: '' };
  const toStart = sampleAccount
    ? 'press the play button. It signs\n# in as the sample administrator.'
    : 'put your address and password\n# into Variables below and press the play button.';
  return [
    {
      query: `# 1. Start here: ${toStart}\n${signIn}`,
      variables: json({ input: { email, password } }),
    },
    { query: whoAmI },
    { query: listUsers, variables: json({ order: { by: 'DISPLAY_NAME', direction: 'ASC' } }) },
    { query: watchUser, variables: json({ id: '' }) },
    { query: changeMyName, variables: json({ input: { displayName: 'Another Name' } }) },
  ];
}

const json = (value: object) => JSON.stringify(value, null, 2);

// Lines of comments are short: the editor does not wrap them.
const signIn = `#
# From then on, this page sends the access token
# with the other tabs. It keeps it in memory, so
# a reload forgets it.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    ... on AuthPayload {
      user { id displayName }
      tokens { accessToken accessTokenExpiresAt }
    }
    ... on Error { code message }
  }
}
`;

const whoAmI = `# 2. Ask who you are. null means nobody: sign in
# first, in the tab SignIn.
#
# To be somebody else in this tab alone, put an
# access token of theirs into Headers below:
#   { "authorization": "Bearer <accessToken>" }
# To be nobody: { "authorization": "" }
query WhoAmI {
  me {
    id
    displayName
    email
    permissions
  }
}
`;

const listUsers = `# 3. List the users. This takes the permission
# users:read, which administrators have.
#
# For the next page, add the endCursor of this
# one to Variables below, as "after".
query ListUsers($order: UserOrder!, $after: String) {
  users(first: 5, after: $after, orderBy: $order) {
    totalCount
    nodes { id displayName email }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const watchUser = `# 4. Watch a user. Put an id into Variables below;
# yours is in the answer of WhoAmI. Press play.
#
# GraphiQL ends this when you change tabs. So stay
# here; in a second window, sign in and run
# ChangeMyName. The change arrives here.
subscription WatchUser($id: ID!) {
  userChanged(id: $id) {
    __typename
    ... on EventEnvelope {
      replayed
      event {
        id
        occurredAt
        ... on UserChanged {
          change
          changedFields
          user { displayName }
        }
      }
    }
    ... on StreamCaughtUp { cursor }
    ... on StreamGap { reason }
  }
}
`;

const changeMyName = `# 5. Change your name. Whoever watches you, with
# WatchUser in another window, is told at once.
mutation ChangeMyName($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    ... on User { id displayName updatedAt }
    ... on Error { code message }
  }
}
`;
