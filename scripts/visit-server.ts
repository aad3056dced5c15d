/** How long a server may take until it is ready. */
const patienceMs = 120_000;
const pauseMs = 100;

const signIn = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    ... on AuthPayload { tokens { accessToken } }
    ... on Error { code }
  }
}`;

interface Answer {
  data?: { signIn?: { tokens?: { accessToken: string } }; me?: { email: string } | null };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

async function awaitReady(url: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isReady(url))) {
    if (performance.now() > deadline) throw new Error('The server does not become ready.');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function ask(url: string, body: object, accessToken?: string): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

/** Signs in and asks who that is; throws when it is somebody else. */
async function visitAccount(url: string, email: string, password: string): Promise<void> {
  const signedIn = await ask(url, { query: signIn, variables: { input: { email, password } } });
  const accessToken = signedIn.data?.signIn?.tokens?.accessToken;
  const answer = await ask(url, { query: '{ me { email } }' }, accessToken);
  if (answer.data?.me?.email !== email) {
    throw new Error(`The server answered ${JSON.stringify(answer)}.`);
  }
}

async function fetchText(url: URL): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/html,*/*' } });
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}.`);
  return await response.text();
}

/** Loads a page and the files that it names, as a browser does; throws when one is not there. */
async function visitPage(url: string, path: string): Promise<void> {
  const page = new URL(path, url);
  const markup = await fetchText(page);
  const files = [...markup.matchAll(/<(?:script|link)[^>]*? (?:src|href)="([^"]+)"/g)];
  if (files.length === 0) throw new Error(`${path} is no page.`);
  await Promise.all(files.map(([, file = '']) => fetchText(new URL(file, page))));
}

const [url, email, password, ...pages] = process.argv.slice(2);
if (url === undefined || email === undefined || password === undefined) {
  process.stderr.write('Usage: node scripts/visit-server.ts URL EMAIL PASSWORD [PAGE…]\n');
  process.exit(2);
}
await awaitReady(url);
await visitAccount(url, email, password);
for (const page of pages) await visitPage(url, page);
