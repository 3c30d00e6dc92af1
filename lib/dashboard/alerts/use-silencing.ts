import { useFacts } from '../page-context.ts';
import { serverNow } from '../server-time.ts';
import { clockText } from '../show-time.ts';
import { useSending } from '../use-sending.ts';
import type { Silence } from './answers.ts';

const MINUTE_MS = 60_000;

export interface WantedSilence {
  matchers: Readonly<Record<string, string>>;
  minutes: number;
  comment: string;
}

/** Makes a silence that begins now, by the clock of the server. */
export function useSilencing() {
  const { api } = useFacts();
  const { send, refuse, ...state } = useSending();
  const silence = async ({ matchers, minutes, comment }: WantedSilence): Promise<Silence | undefined> => {
    const nowMs = await serverNow(api);
    if (nowMs === undefined) {
      refuse('Silence did not work: the server does not say what time it is (GET /v1/health)');
      return undefined;
    }
    const to = new Date(nowMs + minutes * MINUTE_MS).toISOString();
    return await send<Silence>({
      method: 'POST',
      path: '/v1/silences',
      body: { matchers, to, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) },
      doing: 'Silence',
      done: (made) => `Silent until ${clockText(Date.parse(made.to), nowMs)} UTC.`,
    });
  };
  return { silence, ...state };
}
