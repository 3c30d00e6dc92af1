import { notificationFor } from '../core/alert/notification.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { NoticeMessage } from '../ports/event-bus.ts';
import type { NotificationLog, Notifier } from '../ports/notifier.ts';

const MOST_TRIES = 4;

/** Gives people a notice, once for each id. Told first, noted after: a crash in between repeats, never loses. */
export async function notify(
  deps: { notifier: Notifier; sent: NotificationLog },
  { system, notice }: NoticeMessage,
  nowMs: EpochMs,
): Promise<'sent' | 'already-sent'> {
  const notification = notificationFor(system, notice);
  const id = `${system}#${notification.id}`;
  if (await deps.sent.wasSent(id)) return 'already-sent';
  await deps.notifier.send(notification);
  await persistently(() => deps.sent.markSent(id, nowMs));
  return 'sent';
}

/** What is not noted is told again: worse than trying once more. */
async function persistently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
  }
}
