/** What readers of a daily digest get. */
export interface DigestMessage {
  system: string;
  /** "2026-03-18", in UTC. */
  day: string;
  title: string;
  isQuiet: boolean;
  /** For people. */
  text: string;
}

/** Tells its readers of a day. */
export interface DigestPublisher {
  /** Returns when the message is accepted. */
  publish(message: DigestMessage): Promise<void>;
}
