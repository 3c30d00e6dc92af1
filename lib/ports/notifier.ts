import type { Notification } from '../core/alert/notification.ts';

/** Tells people. */
export interface Notifier {
  send(notification: Notification): Promise<void>;
}

/** Remembers what was told, so that a message delivered twice is told once. */
export interface NotificationLog {
  wasSent(id: string): Promise<boolean>;
  markSent(id: string, nowMs: number): Promise<void>;
}
