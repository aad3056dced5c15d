import { beforeAll, describe, expect, it } from 'vitest';
import { type Answers, askOn, by, codesBy, useAttackedApp } from '../support/attacked-app.ts';
import { createForger, type Forger } from '../support/forged-tokens.ts';
import { rotate } from '../support/key-rotation.ts';
import { signUpAdmin } from '../support/people.ts';
import { openConversation } from '../support/socket-client.ts';
import { transports } from '../support/transports.ts';
import { hostileBearers } from './hostile-bearers.ts';

const question = { query: '{ me { id } }' };

/** What a bearer that does not hold is answered with, on each transport. */
const refusals = (answers: Answers, closing: unknown = 'CLOSED_4401') =>
  by(answers, (_answer, transport) =>
    transport === 'WebSocket'
      ? { data: undefined, codes: [closing], status: null }
      : { data: undefined, codes: ['UNAUTHENTICATED'], status: 401 },
  );

describe.each(['EdDSA', 'ES256'])('of a server that signs with %s', (algorithm) => {
  const app = useAttackedApp({ ACCESS_TOKEN_ALGORITHM: algorithm });
  let forger: Forger;
  beforeAll(async () => {
    forger = await createForger(app, app.ada);
  });

  /** The headers that bad-bearer.test.ts has refused for every kind of operation. */
  describe.each(Object.entries(hostileBearers))('a bearer that is %s', (_kind, headers) => {
    it.each(headers)('with %s is refused on every transport', async (_description, make) => {
      const { ada, config } = app;
      const now = Math.floor(app.clock.now().getTime() / 1000);
      const authorization = await make({ ada, forger, now, publicUrl: config.publicUrl });
      const answers = await askOn(transports, app, question, { authorization });
      expect(by(answers, ({ data, codes, status }) => ({ data, codes, status }))).toEqual(
        refusals(answers, expect.stringMatching(/^CLOSED_440[13]$/)),
      );
    });
  });

  describe('a bearer', () => {
    it('that holds is accepted on every transport', async () => {
      const { authorization, ada } = app;
      const answers = await askOn(transports, app, question, { authorization });
      expect(by(answers, ({ data }) => data)).toEqual(by(answers, () => ({ me: { id: ada.id } })));
      expect(forger.publicJwk.alg).toBe(algorithm);
    });

    it('that is forged with the key of the server is accepted: the others fail for their own reason', async () => {
      const forged = [await forger.sign(), await forger.signAnyway({})];
      for (const token of forged) {
        const authorization = `Bearer ${token}`;
        const answers = await askOn(transports, app, question, { authorization });
        expect(by(answers, ({ data }) => data)).toEqual(
          by(answers, () => ({ me: { id: app.ada.id } })),
        );
      }
    });

    it('that is made to open connections opens those and nothing else', async () => {
      const refresh = `mutation { refreshSession(input: { refreshToken: "${app.ada.refreshToken}" }) {
        ... on AuthPayload { tokens { connectionToken } } } }`;
      const { POST } = await askOn(transports.slice(0, 1), app, { query: refresh });
      const data = POST?.data as {
        refreshSession?: { tokens: { connectionToken: string } };
      } | null;
      const authorization = `Bearer ${data?.refreshSession?.tokens.connectionToken}`;
      const answers = await askOn(transports, app, question, { authorization });
      expect(by(answers, ({ data, codes, status }) => ({ data, codes, status }))).toEqual({
        ...refusals(answers),
        WebSocket: { data: { me: { id: app.ada.id } }, codes: [], status: null },
      });
    });

    it('of a session that has ended is refused on every transport', async () => {
      const { authorization } = app;
      const signOut = { query: 'mutation { signOut { __typename } }' };
      await askOn(transports.slice(0, 1), app, signOut, { authorization });
      expect(codesBy(await askOn(transports, app, question, { authorization }))).toEqual({
        POST: ['UNAUTHENTICATED'],
        GET: ['UNAUTHENTICATED'],
        'Event stream by POST': ['UNAUTHENTICATED'],
        'Event stream by GET': ['UNAUTHENTICATED'],
        WebSocket: ['CLOSED_4401'],
      });
    });

    it('of a compromised key is refused on every transport, also on a socket that is open', async () => {
      const admin = await signUpAdmin(app);
      const socket = await openConversation(app, { token: admin.accessToken });
      expect(await socket.askOnce(question.query)).toEqual({ data: { me: { id: admin.id } } });
      await rotate(app, admin, true);
      const authorization = `Bearer ${admin.accessToken}`;
      const answers = await askOn(transports, app, question, { authorization });
      expect(by(answers, ({ data, codes, status }) => ({ data, codes, status }))).toEqual(
        refusals(answers),
      );
      socket.send({ id: '1', type: 'subscribe', payload: question });
      // A client comes back after this one, with a token that it has refreshed.
      expect(await socket.closed).toEqual({ code: 4403, reason: 'token expired' });
    });
  });
});
