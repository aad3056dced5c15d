import type { UploadedFile } from '../platform/uploaded-file.ts';
import { pickParameters, type RequestParameters } from './request-parameters.ts';
import { MalformedUploadError, type UploadParts } from './upload-parts.ts';

/**
 * Puts the operation and its file together
 * (https://github.com/jaydenseric/graphql-multipart-request-spec), of which it takes the plain part:
 * one operation, and one file for one of its variables, which is null. Throws MalformedUploadError,
 * and BAD_REQUEST for an operation that is not whole.
 */
export function joinUpload({ operations, map, fileName, file }: UploadParts): RequestParameters {
  const request = pickParameters(readObject(operations));
  const variable = variableOf(readObject(map), fileName);
  const { variables = {} } = request;
  if (!Object.hasOwn(variables, variable) || variables[variable] !== null) {
    throw new MalformedUploadError();
  }
  return { ...request, variables: withFile(variables, variable, file) };
}

/** Reads where the file goes: `{"<name of the part>": ["variables.<name>"]}`. */
function variableOf(map: object, fileName: string): string {
  const [[key, paths] = [], ...others] = Object.entries(map);
  const [path, ...morePaths]: unknown[] = Array.isArray(paths) ? paths : [];
  const isPlain = others.length === 0 && morePaths.length === 0 && key === fileName;
  const variable = typeof path === 'string' ? /^variables\.(\w+)$/.exec(path)?.[1] : undefined;
  if (!isPlain || variable === undefined) throw new MalformedUploadError();
  return variable;
}

/** Copies the variables; a name such as `__proto__` stays a name. */
function withFile(variables: Record<string, unknown>, name: string, file: UploadedFile) {
  const entries = Object.entries(variables).filter(([other]) => other !== name);
  return Object.fromEntries([...entries, [name, file]]);
}

function readObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Below.
  }
  throw new MalformedUploadError();
}
