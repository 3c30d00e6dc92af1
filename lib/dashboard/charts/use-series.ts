import { useEffect, useState } from 'preact/hooks';
import type { SeriesAnswer } from '../answers.ts';
import type { Api, Reply } from '../api.ts';

/** Requests under way at once; a page of sparklines must not crowd out everything else. */
const AT_ONCE = 4;

const waiting: (() => void)[] = [];
let underWay = 0;

async function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
  if (underWay >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  underWay += 1;
  try {
    return await task();
  } finally {
    underWay -= 1;
    waiting.shift()?.();
  }
}

export interface Period {
  fromMs: number;
  toMs: number;
}

/**
 * One KPI of a scope over a period, asked for when the period moves on; the one before is shown until then.
 * @param period undefined asks for nothing yet
 * @param step such as `10m`; the server chooses one for the period unless it is said
 */
export function useSeries(api: Api, kpi: string, scope: string, period: Period | undefined, step = '') {
  const [reply, setReply] = useState<Reply<SeriesAnswer> | undefined>(undefined);
  const [shown, setShown] = useState<{ series: SeriesAnswer; period: Period } | undefined>(undefined);
  const fromMs = period?.fromMs;
  const toMs = period?.toMs;
  useEffect(() => {
    if (fromMs === undefined || toMs === undefined) return undefined;
    let isWanted = true;
    const path = `/v1/series?kpi=${kpi}&scope=${encodeURIComponent(scope)}&from=${fromMs}&to=${toMs}${step === '' ? '' : `&step=${step}`}`;
    void inTurn(async () => (isWanted ? api.get<SeriesAnswer>(path) : undefined)).then((answered) => {
      if (!isWanted || !answered) return;
      setReply(answered);
      if (answered.status === 'ok') setShown({ series: answered.answer, period: { fromMs, toMs } });
    });
    return () => {
      isWanted = false;
    };
  }, [api, kpi, scope, fromMs, toMs, step]);
  return { ...shown, isUnknown: reply !== undefined && reply.status !== 'ok' && shown === undefined };
}
