import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { UploadedFile } from '../platform/uploaded-file.ts';

/** How much of a body is read, in bytes. */
export interface UploadSizes {
  /** For all that comes before the file: the operation and its variables. */
  fieldBytes: number;
  /** For the file. */
  fileBytes: number;
}

/** A body of `multipart/form-data` as the GraphQL multipart request specification has it. */
export interface UploadParts {
  operations: string;
  map: string;
  /** Name of the part that the file is. */
  fileName: string;
  file: UploadedFile;
}

/** The body is not whole, or not in order. */
export class MalformedUploadError extends Error {
  override readonly name = 'MalformedUploadError';
}

/** There is more in the body than is read, and not in the file. */
export class OversizedUploadError extends Error {
  override readonly name = 'OversizedUploadError';
}

/** What the boundaries and headers of the parts may take, and what clients write after the last. */
const framingBytes = 16_384;

/**
 * Reads a body piece by piece, and no further than it has to: it stops at the first thing that is
 * wrong, and at the end of what a file may have. Answers whether the body was read to its end.
 *
 * Throws MalformedUploadError and OversizedUploadError; whatever else breaks off the body is thrown
 * as it is.
 */
export async function readUploadParts(
  body: AsyncIterator<Uint8Array>,
  contentType: string,
  sizes: UploadSizes,
): Promise<{ parts: UploadParts; isWhole: boolean }> {
  const collected = collectParts(contentType, sizes);
  let bytesRead = 0;
  while (!collected.isSettled()) {
    const { done, value } = await body.next();
    if (done === true) {
      collected.end();
      return { parts: await collected.parts, isWhole: true };
    }
    bytesRead += value.byteLength;
    await collected.write(value);
    const allowed = sizes.fieldBytes + framingBytes + (collected.hasFile() ? sizes.fileBytes : 0);
    if (bytesRead > allowed) collected.fail(new OversizedUploadError());
  }
  return { parts: await collected.parts, isWhole: false };
}

/** Takes a body apart as it comes. */
interface PartsCollector {
  /** Settles once all is read, or something is wrong, or the file is too large. */
  readonly parts: Promise<UploadParts>;
  isSettled(): boolean;
  hasFile(): boolean;
  /** Resolves when more can be taken. */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that this was the whole body. */
  end(): void;
  fail(error: Error): void;
}

function collectParts(contentType: string, sizes: UploadSizes): PartsCollector {
  const { promise, resolve, reject } = Promise.withResolvers<UploadParts>();
  // Whoever asks for the parts is told; until then nobody needs to.
  promise.catch(() => undefined);
  const fields = new Map<string, string>();
  let isSettled = false;
  let proceed = () => {};
  let named: Omit<UploadParts, 'file'> | undefined;
  let content: Uint8Array | undefined;

  const settle = (decide: () => void) => {
    if (isSettled) return;
    isSettled = true;
    decide();
    proceed();
  };
  const fail = (error: Error) => settle(() => reject(error));
  const malformed = () => fail(new MalformedUploadError());
  const finish = (file: UploadedFile) => {
    const parts = named && { ...named, file };
    settle(() => (parts ? resolve(parts) : reject(new MalformedUploadError())));
  };

  function takeFile(fileName: string, stream: BusboyFileStream): void {
    const [operations, map] = [fields.get('operations'), fields.get('map')];
    // In this order, so that nobody has to keep a file before it is known what it is for.
    if (operations === undefined || map === undefined) malformed();
    else named = { operations, map, fileName };
    let length = 0;
    const buffer = Buffer.allocUnsafe(isSettled ? 0 : sizes.fileBytes);
    stream.on('data', (bytes: Buffer) => {
      length += bytes.copy(buffer, length);
    });
    stream.on('limit', () => finish(new UploadedFile(null)));
    stream.on('error', malformed);
    stream.on('end', () => {
      content = buffer.subarray(0, length);
    });
  }

  const busboy = openBusboy(contentType, sizes);
  busboy.on('field', (name, value, _nameIsCut, isCut) => {
    if (isCut) fail(new OversizedUploadError());
    if (fields.has(name) || (name !== 'operations' && name !== 'map')) malformed();
    fields.set(name, value);
  });
  busboy.on('file', takeFile);
  for (const event of ['partsLimit', 'fieldsLimit', 'filesLimit', 'error']) {
    busboy.on(event, malformed);
  }
  busboy.on('finish', () => (content ? finish(new UploadedFile(content)) : malformed()));

  return {
    parts: promise,
    isSettled: () => isSettled,
    hasFile: () => named !== undefined,
    write: (bytes) =>
      new Promise((resolve) => {
        // Something that is wrong is the last thing that busboy says.
        proceed = resolve;
        busboy.write(bytes, () => resolve());
      }),
    end: () => void busboy.end(),
    fail,
  };
}

/** Opens the parser for two fields and then one file. */
function openBusboy(contentType: string, { fieldBytes, fileBytes }: UploadSizes): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        parts: 3,
        fields: 2,
        files: 1,
        fieldSize: fieldBytes,
        // Busboy calls a file too large only when it is larger than this.
        fileSize: fileBytes,
        headerPairs: 10,
        headerSize: 4096,
      },
    });
  } catch {
    // No boundary, or one that cannot be.
    throw new MalformedUploadError();
  }
}
