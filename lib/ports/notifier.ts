import type { NoticeMessage } from './event-bus.ts';

/** One way to reach people. */
export interface NoticeChannel {
  name: string;
  /** Returns when the message is accepted. */
  send(message: NoticeMessage): Promise<void>;
}

/** Remembers what was told, so that a message delivered twice is told once. */
export interface NotificationLog {
  wasSent(id: string): Promise<boolean>;
  markSent(id: string, nowMs: number): Promise<void>;
}
