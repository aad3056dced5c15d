/** What does not hold. */
export type AuditFault =
  /** The chain has no link of that position, though it has later ones. */
  | 'POSITION_MISSING'
  /** A link has a position from before the beginning of the chain. */
  | 'POSITION_INVALID'
  /** The event of a link is gone. */
  | 'EVENT_MISSING'
  /** The event or its link is not what it was when it was linked. */
  | 'HASH_MISMATCH'
  /** Where the event came from is not what it was when it was written. */
  | 'ORIGIN_CHANGED'
  /** A checkpoint is not signed by its key, or was written for another place. */
  | 'CHECKPOINT_INVALID'
  /** A checkpoint, stored or kept elsewhere, states another hash than the chain has. */
  | 'CHECKPOINT_DISAGREES'
  /** A checkpoint states that the chain went further: its end was cut off. */
  | 'CHAIN_CUT'
  /** An event is neither part of the chain nor waiting to be. */
  | 'EVENT_UNLINKED'
  /** An event waits though later ones became part of the chain long ago. */
  | 'EVENT_PASSED_OVER';

/** The first thing that does not hold, in the order of the chain. */
export interface BrokenRow {
  fault: AuditFault;
  /** Where in the chain; null for an event that is not in it. */
  position: bigint | null;
  /** Id of the audit event, where one can be told. */
  auditEventId: string | null;
}

/** What was found, up to the first broken row. */
export interface AuditVerification {
  /** Links whose hash holds. */
  links: number;
  /** Events among them whose details are kept and hold. */
  origins: number;
  /** Events among them whose details were erased. */
  erasedOrigins: number;
  /** Events among them that were written before their details were covered, or without any. */
  uncoveredOrigins: number;
  /** Stored checkpoints whose signature holds and that agree with the chain. */
  checkpoints: number;
  /** Thumbprints (RFC 7638) of the keys that signed them: compare them with keys that you know. */
  checkpointKeys: string[];
  /** The last place that holds, in hex; the chain is empty at position 0. */
  head: { position: bigint; hash: string };
  /** Events that are yet to become part of the chain, and since when the oldest waits. */
  waiting: number;
  waitingSince: Date | null;
  /** Null when everything holds. */
  broken: BrokenRow | null;
}

/** What is to be checked beside the trail itself. */
export interface VerifyOptions {
  /** Called after each batch with the links checked so far and the position of the last one. */
  onProgress?(progress: { links: number; lastPosition: bigint }): void;
  /** Places of the chain that were written down where nobody could exchange them; hashes in hex. */
  keptCheckpoints?: readonly { position: bigint; hash: string }[];
}
