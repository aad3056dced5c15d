import { randomUUID } from 'node:crypto';
import type { MessageInput, MessagesOfQueryVariables } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { announceAccess } from './access-notices.ts';
import { globalId, type Person } from './people.ts';
import { bodyOf, postGraphql } from './raw-request.ts';
import { ask } from './request.ts';
import type { TestApp } from './test-app.ts';

type App = Pick<TestApp, 'app'>;

/** Sends a direct message. */
export const SendMessage = graphql(`
  mutation SendMessage($input: MessageInput!) {
    sendMessage(input: $input) {
      __typename
      ... on Message { id sender { id } recipient { id } channel body sentAt readAt }
      ... on ConflictError { message path }
      ... on NotFoundError { missing: id }
      ... on RateLimitedError { scope retryAfterSeconds }
      ... on ValidationError { issues { path code } }
    }
  }
`);

/** Sends a message to a channel. */
export const Broadcast = graphql(`
  mutation Broadcast($input: MessageInput!) {
    broadcast(input: $input) {
      __typename
      ... on Message { id sender { id } recipient { id } channel body readAt }
      ... on ConflictError { message path }
      ... on RateLimitedError { scope }
      ... on ValidationError { issues { path code } }
    }
  }
`);

const MessagesOf = graphql(`
  query MessagesOf(
    $with: ID, $channel: String, $first: Int, $after: String, $last: Int, $before: String
  ) {
    messages(
      with: $with, channel: $channel, first: $first, after: $after, last: $last, before: $before
    ) {
      nodes { id sender { id } recipient { id } channel body readAt }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);

const MarkRead = graphql(`
  mutation MarkRead($ids: [ID!]!) {
    markMessagesRead(ids: $ids) {
      __typename
      ... on NotFoundError { id }
      ... on ValidationError { issues { path } }
    }
  }
`);

const Block = graphql(`
  mutation BlockUser($id: ID!) {
    blockUser(id: $id) {
      __typename
      ... on ConflictError { path }
      ... on NotFoundError { id }
    }
  }
`);

const Unblock = graphql(`
  mutation UnblockUser($id: ID!) {
    unblockUser(id: $id) { __typename ... on NotFoundError { id } }
  }
`);

const MessageEvents = graphql(`
  query MessageEvents {
    events(topics: [MESSAGE]) {
      items {
        topic
        event {
          __typename
          ... on MessageReceived { message { id body sender { id } } }
          ... on MessageSent { message { id body sender { id } } }
        }
      }
    }
  }
`);

/** Sends a direct message as somebody; answers what the mutation does. */
export const sendMessage = async (app: App, by: Person, input: MessageInput) =>
  (await ask(app, SendMessage, { input }, by)).sendMessage;

/** Sends a direct message that must go through; answers its global id. */
export async function write(app: App, by: Person, to: Person, body: string): Promise<string> {
  const sent = await sendMessage(app, by, { recipientId: to.id, body });
  if (sent?.__typename !== 'Message') throw new Error(`Answered ${JSON.stringify(sent)}`);
  return sent.id;
}

/** Sends a message to a channel as somebody; answers what the mutation does. */
export const broadcast = async (app: App, by: Person, input: MessageInput) =>
  (await ask(app, Broadcast, { input }, by)).broadcast;

/** Lists messages as somebody sees them. */
export async function listMessages(app: App, by: Person, variables: MessagesOfQueryVariables = {}) {
  const { messages } = await ask(app, MessagesOf, variables, by);
  if (!messages) throw new Error('There is no list of messages.');
  return messages;
}

/** Lists the texts that somebody sees, newest first. */
export const bodiesSeen = async (app: App, by: Person, variables: MessagesOfQueryVariables = {}) =>
  (await listMessages(app, by, variables)).nodes.map(({ body }) => body);

/** Marks messages read as somebody. */
export const markRead = async (app: App, by: Person, ids: string[]) =>
  (await ask(app, MarkRead, { ids }, by)).markMessagesRead;

/** Has somebody block somebody. */
export const block = async (app: App, by: Person, { id }: { id: string }) =>
  (await ask(app, Block, { id }, by)).blockUser;

/** Has somebody take a block back. */
export const unblock = async (app: App, by: Person, { id }: { id: string }) =>
  (await ask(app, Unblock, { id }, by)).unblockUser;

/** Lists the events of messages that somebody sees, by type and text; null for what is gone. */
export async function messageEvents(app: App, by: Person) {
  const { events } = await ask(app, MessageEvents, {}, by);
  return (events?.items ?? []).map(({ event }) => {
    const message = 'message' in event ? event.message : undefined;
    return [event.__typename, message?.body ?? null];
  });
}

/** Makes so many attempts to send as a user has in a minute; to nobody, which is soon done. */
export async function useUpMessages(app: App, { accessToken }: Person): Promise<void> {
  const input = `{ recipientId: "${globalId('User', randomUUID())}", body: "x" }`;
  const attempts = Array.from(
    { length: 20 },
    (_, number) => `try${number}: sendMessage(input: ${input}) { __typename }`,
  );
  for (let requests = 0; requests < 3; requests++) {
    const query = `mutation { ${attempts.join(' ')} }`;
    const headers = { authorization: `Bearer ${accessToken}` };
    const { data } = bodyOf(await postGraphql(app, { query }, headers));
    const answers = Object.values(data ?? {}).map((answer) => Object(answer).__typename);
    if (answers.filter((typename) => typename === 'NotFoundError').length !== attempts.length) {
      throw new Error(`Answered ${JSON.stringify(data)}`);
    }
  }
}

/** Gives a user a role of that key, which is made for it. */
export async function giveRole(testApp: TestApp, { userId }: Person, key: string): Promise<void> {
  const { prisma } = testApp.database;
  const { id: roleId } = await prisma.role.upsert({ where: { key }, create: { key }, update: {} });
  await prisma.userRole.create({ data: { userId, roleId } });
  await announceAccess(testApp, { userId });
}

/** Takes a role away from a user. */
export async function takeRole(testApp: TestApp, { userId }: Person, key: string): Promise<void> {
  await testApp.database.prisma.userRole.deleteMany({ where: { userId, role: { key } } });
  await announceAccess(testApp, { userId });
}
