import { openConversation } from '../support/socket-client.ts';
import { readAnswer } from '../support/transport.ts';
import { writeUpload } from '../support/upload.ts';
import { closing } from '../support/websocket-transport.ts';
import { carriers, type Guard, refusedEverywhere, refusedOn, type Trial } from './guard.ts';

/** What the server of the table allows. */
export const requestSettings = {
  REQUEST_BODY_BYTES: 8192,
  WEBSOCKET_MESSAGE_BYTES: 8192,
  CORS_ORIGINS: 'https://app.example.com',
};

const question = { query: '{ __typename }' };
const closed = (code: number) => ({ WebSocket: { code: `CLOSED_${code}`, status: null } });

const sending =
  (headers: Record<string, string>) =>
  ({ ask }: Trial) =>
    ask(question, { headers });

const upload = 'mutation ($file: File!) { uploadAvatar(file: $file) { __typename } }';

/** Sends a file beside an operation, changed in some way. */
const sendingFile =
  (change: (form: FormData, headers: Headers, trial: Trial) => void) => async (trial: Trial) => {
    const { app, asker } = trial;
    const { authorization } = app;
    const headers = new Headers({ authorization, 'x-forwarded-for': asker.ipAddress });
    const form = writeUpload(upload, new Uint8Array(9));
    change(form, headers, trial);
    const init = { method: 'POST', headers, body: form };
    const answer = await fetch(`${app.url}/graphql`, init);
    return readAnswer(await answer.text(), answer.status, answer.headers);
  };

/** The guards of what a request may look like. */
export const requestGuards: Record<string, Guard> = {
  'Pages of other origins': {
    settings: ['CORS_ORIGINS'],
    refusals: {
      ...refusedEverywhere('ORIGIN_NOT_ALLOWED', 403),
      // Before the protocol is changed.
      WebSocket: { code: 'ORIGIN_NOT_ALLOWED', status: 403 },
    },
    attack: sending({ origin: 'https://evil.example.com' }),
  },
  'Pages whose origin is not told': {
    settings: [],
    refusals: {
      ...refusedEverywhere('ORIGIN_NOT_ALLOWED', 403),
      WebSocket: { code: 'ORIGIN_NOT_ALLOWED', status: 403 },
    },
    attack: sending({ 'sec-fetch-site': 'cross-site' }),
  },
  'Cookies that a page of another site may have made a browser send': {
    settings: [],
    // Sockets do not read them.
    refusals: refusedOn(carriers.requests, 'CSRF_HEADER_REQUIRED', 403),
    attack: ({ app, transport, asker: { ipAddress } }) => {
      const headers = { cookie: `latchkey-access=${app.ada.accessToken}` };
      return transport.ask(app.url, question, { ipAddress, headers });
    },
  },
  'Mutations by GET': {
    settings: [],
    refusals: refusedOn(carriers.gets, 'BAD_REQUEST', 405),
    attack: ({ ask }) => ask({ query: 'mutation { signOut { __typename } }' }),
  },
  'Subscriptions without a stream': {
    settings: [],
    refusals: refusedOn(carriers.plain, 'STREAM_REQUIRED', 406),
    attack: ({ ask, app }) =>
      ask({ query: `subscription { userChanged(id: "${app.ada.id}") { __typename } }` }),
  },
  Batches: {
    settings: [],
    refusals: refusedOn(carriers.mutations, 'BAD_REQUEST', 400),
    attack: ({ ask }) => ask([question, question] as object),
  },
  'Requests without a query': {
    settings: [],
    refusals: refusedEverywhere('BAD_REQUEST', 400),
    attack: ({ ask }) => ask({ variables: {} }),
  },
  'Variables that are no object': {
    settings: [],
    refusals: refusedEverywhere('BAD_REQUEST', 400),
    attack: ({ ask }) => ask({ ...question, variables: [1] }),
  },
  'Bodies that are packed': {
    settings: [],
    refusals: refusedOn(carriers.bodies, 'BAD_REQUEST', 415),
    attack: sending({ 'content-encoding': 'gzip' }),
  },
  'Bodies that are not said to be JSON': {
    settings: [],
    refusals: refusedOn(carriers.bodies, 'BAD_REQUEST', 415),
    attack: sending({ 'content-type': 'text/plain' }),
  },
  'Length of a body': {
    settings: ['REQUEST_BODY_BYTES'],
    refusals: refusedOn(carriers.bodies, 'REQUEST_ENTITY_TOO_LARGE', 413),
    attack: ({ ask }) => ask({ ...question, extensions: { long: 'x'.repeat(8192) } }),
  },
  'Files from whoever is not signed in': {
    settings: [],
    refusals: refusedOn(['POST'], 'UNAUTHENTICATED', 401),
    attack: sendingFile((_form, headers) => headers.delete('authorization')),
  },
  'Files with cookies that a page of another site may have made a browser send': {
    settings: [],
    refusals: refusedOn(['POST'], 'CSRF_HEADER_REQUIRED', 403),
    attack: sendingFile((_form, headers, { app }) => {
      headers.delete('authorization');
      headers.set('cookie', `latchkey-access=${app.ada.accessToken}`);
    }),
  },
  'Files that are not where the map says': {
    settings: [],
    refusals: refusedOn(['POST'], 'BAD_REQUEST', 400),
    attack: sendingFile((form) => form.set('map', '{"0":["__proto__.file"]}')),
  },
  'Length of what comes before a file': {
    settings: ['REQUEST_BODY_BYTES'],
    refusals: refusedOn(['POST'], 'REQUEST_ENTITY_TOO_LARGE', 413),
    attack: sendingFile((form) => form.set('operations', 'x'.repeat(65_536))),
  },
  'Length of a message': {
    settings: ['WEBSOCKET_MESSAGE_BYTES'],
    refusals: closed(1009),
    attack: ({ ask }) => ask({ ...question, extensions: { long: 'x'.repeat(8192) } }),
  },
  'Messages that are none': {
    settings: [],
    refusals: closed(4400),
    async attack({ app }) {
      const socket = await openConversation(app);
      socket.send('[]');
      return closing(socket);
    },
  },
};
