import { describe, expect, it } from 'vitest';
import { askOn, by, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import { anyAddress } from '../support/people.ts';
import { openConversation } from '../support/socket-client.ts';
import { transports } from '../support/transports.ts';
import { answerIn } from '../support/websocket-transport.ts';

const question = { query: '{ __typename }' };
const streams = transports.filter((transport) => transport.streams);

/** Writes two addresses of one /64, which its client has all of, and one of the next. */
function neighbours(): { one: string; other: string; next: string } {
  const [a, b, c, d = ''] = anyAddress().split(':');
  const prefix = [a, b, c].join(':');
  return {
    one: `${prefix}:${d}::1`,
    other: `${prefix}:${d}:ffff:ffff:ffff:ffff`,
    next: `${prefix}:${(Number.parseInt(d, 16) ^ 1).toString(16)}::1`,
  };
}

// The strict server of attacks-table.test.ts allows others.
const limit = 4;

describe('a client that may run four operations a minute', () => {
  const app = useAttackedApp({ CLIENT_OPERATIONS_PER_MINUTE: String(limit) });

  it.each(transports)('has used them up everywhere after so many by $name', async (transport) => {
    const { one, other, next } = neighbours();
    const { name, ask } = transport;
    // To open a socket counts as well.
    const perQuestion = name === 'WebSocket' ? 2 : 1;
    for (let asked = 0; asked < limit / perQuestion; asked += 1) {
      const { data } = await ask(app.url, question, { ipAddress: one });
      expect(data).toEqual({ __typename: 'Query' });
    }
    for (const ipAddress of [one, other]) {
      const answers = await askOn(transports, app, question, { ipAddress });
      const { WebSocket, ...rest } = answers;
      expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => undefined));
      expect(WebSocket?.codes).toEqual(['CLOSED_1013']);
      const refusal = { code: 'RATE_LIMITED', scope: 'CLIENT_IP' };
      expect(by(rest, ({ errors }) => errors[0]?.extensions)).toEqual(
        by(rest, () => expect.objectContaining(refusal)),
      );
    }
    const { codes } = await ask(app.url, question, { ipAddress: next });
    expect(codes).toEqual([]);
  });
});

describe('a client that may hold four connections open, each with four operations', () => {
  const app = useAttackedApp({
    CLIENT_LIVE_CONNECTIONS: String(limit),
    WEBSOCKET_MAX_OPERATIONS: String(limit),
  });
  const follow = () => ({
    query: `subscription { userChanged(id: "${app.ada.id}") { __typename } }`,
  });

  it.each(streams)('has used them up everywhere after so many by $name', async ({ hold }) => {
    const { one, other, next } = neighbours();
    const { authorization } = app;
    const held = [];
    for (let holding = 0; holding < limit; holding += 1) {
      held.push(await hold(app.url, follow(), { ipAddress: one, authorization }));
    }
    expect(held.map(({ first }) => first.codes)).toEqual(held.map(() => []));
    for (const ipAddress of [one, other]) {
      const refused = await askOn(streams, app, follow(), { ipAddress, authorization });
      expect(codesBy(refused)).toEqual(by(refused, () => ['CONNECTION_LIMIT_EXCEEDED']));
    }
    const neighbour = await hold(app.url, follow(), { ipAddress: next, authorization });
    expect(neighbour.first.codes).toEqual([]);
    await Promise.all([...held, neighbour].map(({ leave }) => leave()));
  });

  it.each(streams)('may hold others after it has left them: $name', async ({ ask }) => {
    const asker = { ipAddress: anyAddress(), authorization: app.authorization };
    for (let asked = 0; asked < 5 * limit; ) {
      // The server learns a moment later that its client has left.
      const { codes } = await ask(app.url, follow(), asker);
      if (codes.length === 0) asked += 1;
      else expect(codes).toEqual(['CONNECTION_LIMIT_EXCEEDED']);
    }
  });

  it('does not hold what is answered at once', async () => {
    const asker = { ipAddress: anyAddress() };
    for (const { ask } of transports.filter(({ name }) => name !== 'WebSocket')) {
      for (let asked = 0; asked < 5 * limit; asked += 1) {
        expect((await ask(app.url, question, asker)).codes).toEqual([]);
      }
    }
  });

  it('may run as many on a socket, not one more, and another once one is over', async () => {
    const socket = await openConversation(app, { token: app.ada.accessToken });
    const subscribe = async (id: string) => {
      socket.send({ type: 'subscribe', id, payload: follow() });
      return answerIn(await socket.nextOf(id)).codes;
    };
    for (let running = 0; running < limit; running += 1) {
      expect(await subscribe(`running ${running}`)).toEqual([]);
    }
    expect(await subscribe('next')).toEqual(['OPERATION_LIMIT_EXCEEDED']);
    socket.send({ type: 'complete', id: 'running 0' });
    let codes = ['OPERATION_LIMIT_EXCEEDED'];
    for (let tried = 0; codes.length > 0; tried += 1) codes = await subscribe(`tried ${tried}`);
    socket.close();
    await socket.closed;
  });
});
