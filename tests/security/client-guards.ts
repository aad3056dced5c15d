import { post } from '../support/http-transports.ts';
import { openConversation, openSocket } from '../support/socket-client.ts';
import { headersOf, type Question } from '../support/transport.ts';
import { answerIn, closing } from '../support/websocket-transport.ts';
import { carriers, type Guard, refusedEverywhere, refusedOn, type Trial } from './guard.ts';

/** What the server of the table allows. */
export const clientSettings = {
  CLIENT_OPERATIONS_PER_MINUTE: 6,
  CLIENT_LIVE_CONNECTIONS: 2,
  WEBSOCKET_MAX_OPERATIONS: 2,
  WEBSOCKET_INIT_TIMEOUT_MS: 200,
};

/** Follows Ada's account; nothing happens to it. */
const follow = ({ app }: Pick<Trial, 'app'>) => ({
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
