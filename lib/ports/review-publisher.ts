/** What readers of a review get. */
export interface ReviewMessage {
  system: string;
  /** ISO 8601: "2026-W12". */
  week: string;
  title: string;
  /** For people. */
  markdown: string;
}

/** Tells its readers of a review. */
export interface ReviewPublisher {
  /** Returns when the message is accepted. */
  publish(message: ReviewMessage): Promise<void>;
}
