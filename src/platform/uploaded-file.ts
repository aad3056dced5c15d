/**
 * A file that a client has sent. Neither its name nor the type that the client gave it is kept: both
 * are the sender's to choose, and nothing may rest on them.
 */
export class UploadedFile {
  // Private, so that nobody who walks through the variables of an operation walks through the bytes.
  readonly #content: Uint8Array | null;

  constructor(content: Uint8Array | null) {
    this.#content = content;
  }

  /** The whole file; null when it was larger than is allowed, and so was not read to its end. */
  get content(): Uint8Array | null {
    return this.#content;
  }
}
