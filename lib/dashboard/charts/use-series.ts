import { useEffect, useState } from 'preact/hooks';
import type { SeriesAnswer } from '../answers.ts';
import type { Api, Reply } from '../api.ts';
import type { Period } from './period.ts';

/** Requests under way at once; a page of sparklines must not crowd out everything else. */
const AT_ONCE = 4;

const waiting: (() => void)[] = [];
let underWay = 0;
/** Series that are being asked for: who wants the same gets the same answer. */
const asked = new WeakMap<Api, Map<string, Promise<Reply<SeriesAnswer>>>>();

/** @param isUrgent goes before all that waits */
async function inTurn<Result>(task: () => Promise<Result>, isUrgent: boolean): Promise<Result> {
  if (underWay >= AT_ONCE) {
    await new Promise<void>((resolve) => (isUrgent ? waiting.unshift(resolve) : waiting.push(resolve)));
  }
  underWay += 1;
  try {
    return await task();
  } finally {
    underWay -= 1;
    waiting.shift()?.();
  }
}

function ask(api: Api, path: string): Promise<Reply<SeriesAnswer>> {
  const of = asked.get(api) ?? new Map<string, Promise<Reply<SeriesAnswer>>>();
  asked.set(api, of);
  const before = of.get(path);
  if (before) return before;
  const reply = api.get<SeriesAnswer>(path).finally(() => of.delete(path));
  of.set(path, reply);
  return reply;
}

/**
 * One KPI of a scope over a period, asked for when the period moves on; the one before is shown until then.
 * @param period undefined asks for nothing yet
 * @param step such as `10m`; the server chooses one for the period unless it is said
 * @param isUrgent it is what somebody has just opened, and does not wait for what is behind it
 */
export function useSeries(
  api: Api,
  kpi: string,
  scope: string,
  period: Period | undefined,
  { step = '', isUrgent = false }: { step?: string; isUrgent?: boolean } = {},
) {
  const [reply, setReply] = useState<Reply<SeriesAnswer> | undefined>(undefined);
  const [shown, setShown] = useState<{ series: SeriesAnswer; period: Period } | undefined>(undefined);
  const fromMs = period?.fromMs;
  const toMs = period?.toMs;
  useEffect(() => {
    if (fromMs === undefined || toMs === undefined) return undefined;
    let isWanted = true;
    const path = `/v1/series?kpi=${kpi}&scope=${encodeURIComponent(scope)}&from=${fromMs}&to=${toMs}${step === '' ? '' : `&step=${step}`}`;
    void inTurn(async () => (isWanted ? ask(api, path) : undefined), isUrgent).then((answered) => {
      if (!isWanted || !answered) return;
      setReply(answered);
      if (answered.status === 'ok') setShown({ series: answered.answer, period: { fromMs, toMs } });
    });
    return () => {
      isWanted = false;
    };
  }, [api, kpi, scope, fromMs, toMs, step, isUrgent]);
  return { ...shown, isUnknown: reply !== undefined && reply.status !== 'ok' && shown === undefined };
}
