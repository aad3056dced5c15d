/** What a frame consists of (RFC 6455 §5.2), as far as it is not what a client should send. */
export interface FrameParts {
  /** 1 is text, 2 binary, 0 goes on with either; 8 closes, 9 pings, 10 pongs. */
  opcode?: number;
  isLast?: boolean;
  /** The three reserved bits, as a number. */
  reserved?: number;
  isMasked?: boolean;
  /** Told instead of the true length. */
  length?: number;
}

/** Writes a frame as clients send it, masked with zeros; up to 64 KiB. */
export function frame(
  payload: string | Buffer,
  { opcode = 1, isLast = true, reserved = 0, isMasked = true, length }: FrameParts = {},
): Buffer {
  const body = Buffer.from(payload);
  const told = length ?? body.length;
  const first = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = isMasked ? 0x80 : 0;
  const head = told < 126 ? [first, mask | told] : [first, mask | 126, told >> 8, told & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(isMasked ? 4 : 0), body]);
}
