import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { pickParameters } from './request-parameters.ts';
import type { ServerContext } from './yoga.ts';

/** Content types that no page of another origin can post without asking first (CORS). */
const json = /^application\/(graphql\+)?json(;|,|$)/;

/** Refuses requests that are not whole with a 4xx of their own, which repeats nothing of them. */
export function useStrictRequests(): Plugin<object, ServerContext> {
  return {
    onRequestParse({ request, requestParser, setRequestParser, serverContext: { upload } }) {
      if (upload) return setRequestParser(() => upload.receive());
      const { method, headers } = request;
      const isJson = method === 'GET' || json.test(headers.get('content-type') ?? '');
      // Unpacked, a small body can be of any size.
      const isPacked = (headers.get('content-encoding') ?? 'identity') !== 'identity';
      setRequestParser(async (body) => {
        if (!requestParser || !isJson) throw refusal(415, 'The body must be JSON.');
        if (isPacked) throw refusal(415, 'The body must not be packed.');
        const parameters = await read(async () => requestParser(body));
        return typeof parameters === 'object' && !Array.isArray(parameters)
          ? pickParameters(parameters)
          : parameters;
      });
    },
  };
}

async function read<Parameters>(parse: () => Promise<Parameters>): Promise<Parameters> {
  try {
    return await parse();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw refusal(400, 'The request cannot be read.');
    const { code = 'BAD_REQUEST', http } = error.extensions;
    throw refusal(http?.status ?? 400, error.message, code);
  }
}

function refusal(status: number, message: string, code: unknown = 'BAD_REQUEST'): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
