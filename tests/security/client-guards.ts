import { post } from '../support/http-transports.ts';
import { anyAddress, type Person, signUp } from '../support/people.ts';
import { openConversation, openSocket } from '../support/socket-client.ts';
import { headersOf, type Question } from '../support/transport.ts';
import { answerIn, closing } from '../support/websocket-transport.ts';
import { carriers, type Guard, refusedEverywhere, refusedOn, type Trial } from './guard.ts';

/** What the server of the table allows. */
export const clientSettings = {
  CLIENT_OPERATIONS_PER_MINUTE: 6,
  CLIENT_LIVE_CONNECTIONS: 2,
  // More than are left of Ada for a moment.
  USER_LIVE_CONNECTIONS: 12,
  // Twelve that cost the least have room.
  USER_LIVE_COST: 300,
  WEBSOCKET_MAX_OPERATIONS: 2,
  WEBSOCKET_INIT_TIMEOUT_MS: 200,
};

/** Follows Ada's account; nothing happens to it. */
const follow = ({ app }: { app: { ada: Pick<Person, 'id'> } }) => ({
  query: `subscription { userChanged(id: "${app.ada.id}") { __typename } }`,
});

/** Asks many questions on one socket, where there are sockets. */
async function openPatiently({ app, transport, asker, ask }: Trial) {
  if (transport.name !== 'WebSocket') return { ask, leave: async () => {} };
  const socket = await openConversation(app, { headers: headersOf(asker) });
  return {
    ask: async ({ query }: Question) =>
      answerIn((await socket.ask(String(query)))[0] ?? { type: 'nothing' }),
    async leave() {
      socket.close();
      await socket.closed;
    },
  };
}

/** The guards of what a client may do, whatever it asks. */
export const clientGuards: Record<string, Guard> = {
  'Access tokens that do not hold': {
    settings: [],
    refusals: {
      ...refusedEverywhere('UNAUTHENTICATED', 401),
      WebSocket: { code: 'CLOSED_4401', status: null },
    },
    attack: ({ ask }) => ask({ query: '{ __typename }' }, { authorization: 'Bearer stale' }),
  },
  'Operations of a client in a minute': {
    settings: ['CLIENT_OPERATIONS_PER_MINUTE'],
    refusals: refusedEverywhere('RATE_LIMITED', 429),
    async attack(trial) {
      const { ask, leave } = await openPatiently(trial);
      // Those that are refused count as well.
      for (let asked = 0; asked < clientSettings.CLIENT_OPERATIONS_PER_MINUTE; asked += 1) {
        await ask({ query: '{' });
      }
      const answer = await ask({ query: '{ __typename }' });
      await leave();
      return answer;
    },
  },
  'Sockets that a client opens in a minute': {
    settings: ['CLIENT_OPERATIONS_PER_MINUTE'],
    refusals: { WebSocket: { code: 'CLOSED_1013', status: null } },
    async attack({ app, transport, asker }) {
      for (let asked = 0; asked < clientSettings.CLIENT_OPERATIONS_PER_MINUTE; asked += 1) {
        await post.ask(app.url, { query: '{' }, asker);
      }
      return transport.ask(app.url, { query: '{ __typename }' }, asker);
    },
  },
  'Connections that a client holds open': {
    settings: ['CLIENT_LIVE_CONNECTIONS'],
    refusals: {
      ...refusedOn(carriers.streams, 'CONNECTION_LIMIT_EXCEEDED', 429),
      // Before the protocol is changed.
      WebSocket: { code: 'CONNECTION_LIMIT_EXCEEDED', status: 429 },
    },
    async attack({ app, transport, asker, ask }) {
      const hold = () => transport.hold(app.url, follow({ app }), asker);
      const held = await Promise.all([hold(), hold()]);
      const answer = await ask(follow({ app }));
      await Promise.all(held.map(({ leave }) => leave()));
      return answer;
    },
  },
  'Connections that a user holds open': {
    settings: ['USER_LIVE_CONNECTIONS'],
    refusals: {
      ...refusedOn(carriers.streams, 'CONNECTION_LIMIT_EXCEEDED', 429),
      // Once the user is known.
      WebSocket: { code: 'CLOSED_1008', status: null },
    },
    async attack({ app, transport }) {
      const { id, accessToken } = await signUp(app, 'Grace');
      const question = follow({ app: { ada: { id } } });
      const asker = () => ({ authorization: `Bearer ${accessToken}`, ipAddress: anyAddress() });
      const hold = () => transport.hold(app.url, question, asker());
      const most = Array.from({ length: clientSettings.USER_LIVE_CONNECTIONS });
      const held = await Promise.all(most.map(hold));
      const answer = await transport.ask(app.url, question, asker());
      await Promise.all(held.map(({ leave }) => leave()));
      return answer;
    },
  },
  'Cost of all that a user follows': {
    settings: ['USER_LIVE_COST'],
    refusals: refusedOn(carriers.streams, 'OPERATION_LIMIT_EXCEEDED', 429),
    attack: ({ app, ask }) => {
      const pages =
        'user { sessions(first: 100) { __typename } more: sessions(first: 100) { __typename } }';
      const told = `... on EventEnvelope { event { ... on UserChanged { ${pages} } } }`;
      const query = `subscription { userChanged(id: "${app.ada.id}") { __typename ${told} } }`;
      return ask({ query }, { authorization: app.authorization });
    },
  },
  'Operations on one socket at a time': {
    settings: ['WEBSOCKET_MAX_OPERATIONS'],
    refusals: refusedOn(['WebSocket'], 'OPERATION_LIMIT_EXCEEDED', 400),
    async attack({ app }) {
      const socket = await openConversation(app, { token: app.ada.accessToken });
      for (const id of ['1', '2', '3']) {
        socket.send({ type: 'subscribe', id, payload: follow({ app }) });
      }
      const answer = answerIn(await socket.nextOf('3'));
      socket.close();
      await socket.closed;
      return answer;
    },
  },
  'Messages on one socket in a second (500)': {
    settings: [],
    refusals: { WebSocket: { code: 'CLOSED_1008', status: null } },
    async attack({ app }) {
      const socket = await openConversation(app);
      for (let sent = 0; sent < 5000; sent += 1) socket.send({ type: 'pong' });
      return closing(socket);
    },
  },
  'Time until a socket is introduced': {
    settings: ['WEBSOCKET_INIT_TIMEOUT_MS'],
    refusals: { WebSocket: { code: 'CLOSED_4408', status: null } },
    attack: async ({ app }) => closing(await openSocket(app.webSocketUrl)),
  },
  'Operations before a socket is introduced': {
    settings: [],
    refusals: { WebSocket: { code: 'CLOSED_4401', status: null } },
    async attack({ app }) {
      const socket = await openSocket(app.webSocketUrl);
      socket.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } });
      return closing(socket);
    },
  },
};
