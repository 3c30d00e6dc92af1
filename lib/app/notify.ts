import { notificationFor } from '../core/alert/notification.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { AlertMessage } from '../ports/event-bus.ts';
import type { NotificationLog, Notifier } from '../ports/notifier.ts';

/** Tells people of a transition, once for each id. Told first, noted after: a crash in between repeats, never loses. */
export async function notify(
  deps: { notifier: Notifier; sent: NotificationLog },
  { system, alert, transition }: AlertMessage,
  nowMs: EpochMs,
): Promise<'sent' | 'already-sent'> {
  const notification = notificationFor(system, alert, transition);
  const id = `${system}#${notification.id}`;
  if (await deps.sent.wasSent(id)) return 'already-sent';
  await deps.notifier.send(notification);
  await deps.sent.markSent(id, nowMs);
  return 'sent';
}
