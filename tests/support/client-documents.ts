import type { TypedDocumentNode } from '@apollo/client';
import { parse } from 'graphql';
import type {
  ClientChangesSubscription,
  ClientSignInMutation,
  TypedDocumentString,
} from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import type { Session } from './clients/session.ts';

export const ClientSignIn = graphql(`
  mutation ClientSignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload { user { id } tokens { accessToken refreshToken } }
      ... on Error { code }
    }
  }
`);

export const ClientMe = graphql(`
  query ClientMe { me { id displayName } }
`);

export const ClientUsers = graphql(`
  query ClientUsers($first: Int) { users(first: $first) { nodes { id displayName } } }
`);

export const ClientRename = graphql(`
  mutation ClientRename($input: UpdateProfileInput!) {
    updateProfile(input: $input) { __typename ... on User { id displayName } }
  }
`);

export const ClientChanges = graphql(`
  subscription ClientChanges($id: ID!, $after: EventCursor) {
    userChanged(id: $id, after: $after) {
      __typename
      ... on EventEnvelope { event { ... on UserChanged { change user { id displayName } } } }
    }
  }
`);

/** Takes the tokens out of a sign-in; fails when it was refused. */
export function tokensIn(answer: ClientSignInMutation | null | undefined): Session['tokens'] {
  if (answer?.signIn?.__typename !== 'AuthPayload') throw new Error('The sign-in was refused.');
  const { accessToken, refreshToken } = answer.signIn.tokens;
  return { accessToken: accessToken ?? '', refreshToken: refreshToken ?? '' };
}

/** Says in short what a stream tells: the name of the user after a change, else the kind of item. */
export function newsIn(answer: ClientChangesSubscription | null | undefined): string | undefined {
  const item = answer?.userChanged;
  if (item?.__typename !== 'EventEnvelope') return item?.__typename;
  return 'user' in item.event ? item.event.user?.displayName : undefined;
}

/** Writes a document as clients take it that do not know texts with a type. */
export function nodeOf<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Variables> {
  return parse(document.toString());
}
