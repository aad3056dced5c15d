import { type FetchAPI, processRegularResult } from 'graphql-yoga';
import type { Call } from '../graphql/call.ts';
import type { Enveloped } from '../graphql/prepare-operation.ts';
import type { RunOperation } from '../graphql/run-operation.ts';
import { isStream } from '../graphql/stream-answers.ts';
import type { PlainPost } from './plain-posts.ts';
import type { RequestParameters } from './request-parameters.ts';
import type { ReadTokens } from './token-cookies.ts';

/** An answer that nothing is wrong with, before a response is made of it. */
export interface PlainAnswer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Runs what a plain request asks for; what is refused or fails is a response as Yoga makes it. */
export type AnswerPlain = (
  parameters: RequestParameters,
  post: PlainPost,
  call: Call,
) => Promise<PlainAnswer | Response>;

/** What operations of plain requests are run with. */
export interface PlainParts {
  runOperation: RunOperation;
  readTokens: ReadTokens;
  enveloped(): Enveloped;
  fetchApi: FetchAPI;
}

/** Builds the entrance of plain requests to the one door. */
export function createAnswerPlain(parts: PlainParts): AnswerPlain {
  const { runOperation, readTokens, enveloped, fetchApi } = parts;
  return async ({ query, variables, operationName }, { headers, mediaType }, call) => {
    // Without cookies and the header against forged requests, no cookie is set either.
    const { caller, cookies } = readTokens(headers, true);
    const operationCall = { ...call, caller, cookies, transport: 'http' } as const;
    const request = { query, variables, operationName };
    const answer = await runOperation(enveloped(), request, operationCall);
    if (isStream(answer) || answer.errors !== undefined) {
      const response = processRegularResult(answer, fetchApi, mediaType);
      response.headers.append('vary', 'Origin');
      return response;
    }
    const contentType = `${mediaType}; charset=utf-8`;
    return {
      status: 200,
      headers: new Map([
        ['content-type', contentType],
        ['vary', 'Origin'],
      ]),
      body: JSON.stringify(answer),
    };
  };
}
