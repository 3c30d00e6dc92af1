import type { Alert, AlertTransition } from '../core/alert/alert.ts';

/** A transition of an alert, as it leaves the minute job for whoever wants to know. */
export interface AlertMessage {
  system: string;
  transition: AlertTransition;
  alert: Alert;
}

export interface EventBus {
  /** At least once: returns when every message is accepted. */
  publish(messages: readonly AlertMessage[]): Promise<void>;
}
