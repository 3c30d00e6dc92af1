import type { FleetEvent } from './event.ts';
import type { EpochMs, Minute } from './time.ts';

/** One accepted request: the unit of durability, of identity and of the ledger. */
export interface Batch {
  system: string;
  /** Who sent it: the id of a key, the subject of a token, the ARN of a role; '' where that is not known any more. */
  sender: string;
  /** The sender's batch id, or the SHA-256 of the decoded body. */
  id: string;
  /** SHA-256 of the decoded body, hexadecimal: the same id with another hash is a conflict. */
  contentHash: string;
  /**
   * Minute of the newest well-formed event, whether or not it was accepted: a function of the content alone, so a
   * redelivery finds the same place however late it comes.
   */
  bucket: Minute;
  receivedAtMs: EpochMs;
  /** Unique to the request that brought it: tells a repeated write of one request from a second delivery. */
  requestId: string;
  /** Events in the request: accepted + ignored + refused. */
  received: number;
  /** Valid data that Fleetpulse has no use for, by reason. */
  ignored: Readonly<Record<string, number>>;
  rejected: Readonly<Record<string, number>>;
  events: readonly FleetEvent[];
}
