import { alertmanagerMessage } from '../../core/alert/alertmanager-message.ts';
import type { NoticeChannel } from '../../ports/notifier.ts';

/** Who takes longer is tried again. */
const PATIENCE_MS = 5_000;

/** Posts notices to a receiver of Alertmanager's webhook: pagers and incident tools that know Prometheus. */
export function alertmanagerWebhook(url: string, post: typeof fetch = fetch): NoticeChannel {
  return {
    name: `webhook ${url}`,
    async send({ system, notice }) {
      const answer = await post(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'fleetpulse' },
        body: JSON.stringify(alertmanagerMessage(system, notice, '')),
        signal: AbortSignal.timeout(PATIENCE_MS),
        redirect: 'error',
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
    },
  };
}
