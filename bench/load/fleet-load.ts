/** What is sent for how long, at a steady pace whatever is answered. */
export interface LoadPhase {
  name: string;
  apiKey: string;
  seconds: number;
  /** Events a second in batches, and the events of each. */
  batchedPerS: number;
  batchEvents: number;
  /** Requests with one event a second. */
  singlesPerS: number;
  /** Ends before its time once this holds for 5 s: almost all are accepted, and nine in ten accepted within so many ms. */
  untilAcceptedWithinMs?: number;
}

export type RequestKind = 'batch' | 'single';

/** What became of the requests of one phase. */
export interface PhaseOutcome {
  phase: string;
  seconds: number;
  /** Events of the requests that were sent. */
  offeredEvents: number;
  /** Requests that were not sent, as too many were under way. */
  unsent: number;
  /** By kind and status, `none` where there was no answer. */
  statuses: Record<RequestKind, Record<string, number>>;
  /** Events that an answer of 2xx says were accepted. */
  acceptedEvents: number;
  /** Events of requests that got no answer, or one of 5xx: they may be stored, or not. */
  uncertainEvents: number;
  /** Answers of 429 or 503 that do not say when to come again. */
  withoutRetryAfter: number;
  /** Milliseconds from when a request was due until it was accepted, in order of the moments when they were due. */
  latencyMs: Record<RequestKind, number[]>;
  /** Milliseconds from when a request was due until it was sent: how far behind the sender itself was, at most. */
  mostLateMs: number;
  /** Seconds from the beginning until accepted again, as `untilAcceptedWithinMs` says; null where it never was. */
  recoveredAfterS: number | null;
  /** CPU seconds of the sender. */
  cpuS: number;
}
