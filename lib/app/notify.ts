import type { EpochMs } from '../core/model/time.ts';
import type { NoticeMessage } from '../ports/event-bus.ts';
import type { NoticeChannel, NotificationLog } from '../ports/notifier.ts';

export interface NotifyDeps {
  channels: readonly NoticeChannel[];
  sent: NotificationLog;
}

const MOST_TRIES = 4;

/**
 * Gives people a notice through every channel, once for each. Told first, noted after: a crash in between repeats, never
 * loses.
 * @throws AggregateError when a channel failed, after all have been tried; calling again tries only those that failed
 */
export async function notify(
  { channels, sent }: NotifyDeps,
  message: NoticeMessage,
  nowMs: EpochMs,
): Promise<Record<string, 'sent' | 'already-sent'>> {
  const outcome: Record<string, 'sent' | 'already-sent'> = {};
  const failures: unknown[] = [];
  // One after the other: whoever dies has told as little as possible without noting it.
  for (const { name, send } of channels) {
    const id = `${message.system}#${message.notice.id}#${name}`;
    try {
      if (await sent.wasSent(id)) {
        outcome[name] = 'already-sent';
        continue;
      }
      await send(message);
      await persistently(() => sent.markSent(id, nowMs));
      outcome[name] = 'sent';
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${message.notice.id}: ${failures.map(String).join('; ')}`);
  }
  return outcome;
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
