import { decodeProtectedHeader } from 'jose';
import { graphql } from '../generated/index.ts';
import type { Person } from './people.ts';
import { fetchFrom } from './raw-request.ts';
import { ask, send } from './request.ts';
import type { TestApp } from './test-app.ts';

const RotateSigningKey = graphql(`
  mutation RotateSigningKey($compromised: Boolean! = false) {
    rotateSigningKey(compromised: $compromised) {
      __typename
      ... on Ack { ok }
      ... on StepUpRequiredError { code maxAgeSeconds }
    }
  }
`);

const Me = graphql(`
  query RotationMe { me { id } }
`);

/** Rotates as an administrator; answers the member of the result. */
export async function rotate(testApp: TestApp, admin: Person, compromised = false) {
  const { accessToken } = admin;
  return (await ask(testApp, RotateSigningKey, { compromised }, { accessToken })).rotateSigningKey;
}

/** Asks with a token who calls; answers the status. */
export async function statusOf(testApp: TestApp, { accessToken }: Person): Promise<number> {
  return (await send(testApp, Me, {}, { accessToken })).status;
}

/** Reads which key a person's access token is signed with. */
export const kidOf = ({ accessToken }: Person) => decodeProtectedHeader(accessToken).kid ?? '';

/** Reads the ids of the published keys. */
export async function publishedBy(testApp: TestApp): Promise<string[]> {
  const { text } = await fetchFrom(testApp, '/.well-known/jwks.json');
  return JSON.parse(text).keys.map(({ kid }: { kid: string }) => kid);
}
