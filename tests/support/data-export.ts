import { unzipSync } from 'fflate';
import { graphql } from '../generated/index.ts';
import { ask, type Sender } from './request.ts';
import type { TestApp } from './test-app.ts';

const RequestDataExport = graphql(`
  mutation RequestDataExport {
    requestDataExport {
      __typename
      ... on DataExport { id status requestedAt downloadUrl expiresAt }
      ... on StepUpRequiredError { maxAgeSeconds }
      ... on RateLimitedError { scope retryAfterSeconds }
    }
  }
`);

const DataExport = graphql(`
  query DataExport($id: ID!) {
    dataExport(id: $id) { id status requestedAt downloadUrl expiresAt }
  }
`);

/** Has somebody ask for their data. */
export async function requestExport(testApp: Pick<TestApp, 'app'>, sender: Sender) {
  return (await ask(testApp, RequestDataExport, {}, sender)).requestDataExport;
}

/** Reads how far an export is. */
export async function readExport(testApp: Pick<TestApp, 'app'>, sender: Sender, id: string) {
  return (await ask(testApp, DataExport, { id }, sender)).dataExport;
}

/** Asks for somebody's data and waits until it is ready; answers the id and where it lies. */
export async function readyExport(testApp: TestApp, sender: Sender) {
  const request = await requestExport(testApp, sender);
  if (request?.__typename !== 'DataExport') throw new Error('The export was refused.');
  const { id } = request;
  for (;;) {
    const more = testApp.logged.nextLine();
    const { downloadUrl } = (await readExport(testApp, sender, id)) ?? {};
    if (downloadUrl) return { id, path: new URL(downloadUrl).pathname };
    await more;
  }
}

/** Downloads from a path of the instance. */
export async function download(
  { app }: Pick<TestApp, 'app'>,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
) {
  const url = `http://127.0.0.1:4000${path}`;
  const response = await app.respond(new Request(url, { headers, method }), '192.0.2.1');
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

/** Unpacks an archive: the record as an object, and the other files by name. */
export function unpack(bytes: Uint8Array) {
  const { 'account.json': record, ...files } = unzipSync(bytes);
  return { record: JSON.parse(new TextDecoder().decode(record)), files };
}
