const root = document.querySelector('#root');
const status = document.querySelector('[role="status"]');
const forget = document.querySelector('footer button');

const workers = {
  editorWorkerService: 'editor.worker.js',
  graphql: 'graphql.worker.js',
  json: 'json.worker.js',
};
self.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(workers[label], import.meta.url), { name: label }),
};

// Of the newest sign-in. In memory only: what is stored outlives the page.
let accessToken = null;

function remember(token, text) {
  accessToken = token;
  status.textContent = text;
  forget.hidden = token === null;
}

const notSignedIn = 'Not signed in. Run the tab SignIn.';
forget.addEventListener('click', () => remember(null, notSignedIn));

/** Sends an operation as its tab says; a tab that names no authorization gets the newest token. */
async function send(operation, { tabHeaders, accept, signal }) {
  const headers = new Headers(tabHeaders);
  const own = headers.has('authorization') ? null : accessToken;
  if (own) headers.set('authorization', `Bearer ${own}`);
  else if (headers.get('authorization') === '') headers.delete('authorization');
  headers.set('accept', accept);
  headers.set('content-type', 'application/json');
  const body = JSON.stringify(operation);
  // The cookies of an app on the same host are not this page's.
  const credentials = 'omit';
  const response = await fetch('/graphql', { method: 'POST', headers, body, credentials, signal });
  if (response.status === 401 && own && own === accessToken) {
    remember(null, 'The access token does not hold any more. Run the tab SignIn again.');
  }
  return response;
}

/** Tells what went wrong without the stack, which GraphiQL would show. */
const brokenOff = ({ message }) => ({ message: `The connection broke off: ${message}` });

async function ask(operation, tabHeaders) {
  const accept = 'application/graphql-response+json, application/json;q=0.9';
  const response = await send(operation, { tabHeaders, accept });
  const answer = await response.json();
  const signedIn = Object.values(answer.data ?? {}).find((result) => result?.tokens?.accessToken);
  if (signedIn) {
    const who = signedIn.user?.displayName ?? 'somebody';
    const text = `Signed in as ${who}. Tabs without an authorization header send that access token.`;
    remember(signedIn.tokens.accessToken, text);
  }
  return answer;
}

/** Reads the answers out of an event stream, as this server writes it. */
async function* answersOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = `${unread}${value}`.split('\n\n');
    unread = events.pop();
    for (const event of events) {
      const data = /^data: (.+)$/m.exec(event);
      if (data) yield JSON.parse(data[1]);
    }
  }
}

/** Runs a subscription in a form that GraphiQL can end. */
function subscribe(operation, tabHeaders) {
  const listen = async (observer, signal) => {
    const response = await send(operation, { tabHeaders, accept: 'text/event-stream', signal });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!isStream) observer.next(await response.json());
    else for await (const answer of answersOf(response)) observer.next(answer);
    observer.complete();
  };
  return {
    subscribe(observer) {
      const ending = new AbortController();
      listen(observer, ending.signal).catch((error) => {
        if (!ending.signal.aborted) observer.error(brokenOff(error));
      });
      return { unsubscribe: () => ending.abort() };
    },
  };
}

function isSubscription({ operationName }, document) {
  return document?.definitions.some(
    ({ operation, name }) =>
      operation === 'subscription' && (!operationName || name?.value === operationName),
  );
}

/** Lists the tabs to begin with; a query in the address gets one of its own, and leaves it. */
function takeTabs() {
  const tabs = JSON.parse(root.dataset.tabs);
  const query = new URLSearchParams(location.search).get('query');
  if (query !== null) {
    history.replaceState(null, '', location.pathname);
    tabs.unshift({ query, variables: '' });
  }
  // What is here becomes the tab in front: the one that holds the same, else a new one.
  if (query !== null || sessionStorage.getItem('graphiql:query') === null) {
    sessionStorage.setItem('graphiql:query', tabs[0].query);
    sessionStorage.setItem('graphiql:variables', tabs[0].variables);
  }
  return tabs;
}

function start() {
  self.YogaGraphiQL.renderYogaGraphiQL(root, {
    title: 'Latchkey',
    logo: '<img src="/assets/icon.svg" alt="" width="28" height="28">',
    defaultTabs: takeTabs(),
    defaultEditorToolsVisibility: 'variables',
    // What is typed may be a password: it goes when the browser's tab is closed.
    storage: sessionStorage,
    shouldPersistHeaders: false,
    // Or it would go into the address, too.
    onEditQuery: () => {},
    fetcher: (operation, { headers, documentAST } = {}) =>
      isSubscription(operation, documentAST)
        ? subscribe(operation, headers)
        : ask(operation, headers).catch((error) => Promise.reject(brokenOff(error))),
  });
  remember(null, notSignedIn);
}

if (self.YogaGraphiQL) start();
else root.textContent = 'GraphiQL could not be loaded.';
