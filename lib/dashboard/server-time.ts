import type { Api } from './api.ts';

/** Now on the server's clock, epoch ms, whatever moment the page shows; undefined where the server does not say it. */
export async function serverNow(api: Api): Promise<number | undefined> {
  const reply = await api.get<{ now?: string }>('/v1/health', true);
  const nowMs = reply.status === 'ok' ? Date.parse(reply.answer.now ?? '') : Number.NaN;
  return Number.isNaN(nowMs) ? undefined : nowMs;
}
