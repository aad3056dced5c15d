import type { IncomingMessage } from 'node:http';
import type { AnswerPlain, PlainAnswer } from './plain-answers.ts';
import { asPlainPost, type PlainPostSettings, readPlainPost } from './plain-posts.ts';
import type { OpenFrame } from './request-frame.ts';
import { graphqlPath } from './respond.ts';

/**
 * Answers a plain request past the layer that makes fetch-style requests and responses, as it would be
 * answered through it; null for any other, which is as good as untouched.
 */
export type AnswerPost = (request: IncomingMessage) => Promise<PlainAnswer | Response | null>;

/** Builds the short way in; the door that it leads to is the one of all transports. */
export function createAnswerPost(
  answerPlain: AnswerPlain,
  openFrame: OpenFrame,
  settings: PlainPostSettings,
): AnswerPost {
  return async (request) => {
    const post = asPlainPost(request, settings);
    if (post === null) return null;
    const { call, close } = openFrame(post.headers, request.socket.remoteAddress ?? null);
    const parameters = await readPlainPost(request);
    if (parameters === null) return null;
    const answer = await answerPlain(parameters, post, call);
    const { status, headers } = answer;
    close({ method: 'POST', path: graphqlPath, status, headers });
    return answer;
  };
}
