import { useEffect, useRef, useState } from 'preact/hooks';
import type { Reading } from '../charts/series-shape.ts';
import { useFacts } from '../page-context.ts';
import type { Budget } from './budget-answer.ts';
import { burnDownMoments } from './burn-down.ts';

/** Requests under way at once. */
const AT_ONCE = 2;

/** What was left of a budget at moments of its past, as it is told; what was asked for is not asked for again. */
export function useBurnDown(budget: Budget, spanMs: number): { past: readonly Reading[]; stepMs: number } {
  const { api } = useFacts();
  const { name, revision, window } = budget;
  const toMs = Date.parse(window.to);
  const { moments, stepMs } = burnDownMoments(toMs, spanMs);
  const wanted = `${revision} ${moments[0]} ${moments.at(-1)} ${stepMs}`;
  const known = useRef(new Map<string, number | null>());
  const [past, setPast] = useState<readonly Reading[]>([]);
  useEffect(() => {
    let isWanted = true;
    const ask = async () => {
      const tell = () =>
        setPast(
          moments.flatMap((atMs) => {
            const value = known.current.get(`${revision} ${atMs}`);
            return typeof value === 'number' ? [{ atMs, value }] : [];
          }),
        );
      tell();
      const unknown = moments.filter((atMs) => !known.current.has(`${revision} ${atMs}`)).reverse();
      for (let i = 0; i < unknown.length && isWanted; i += AT_ONCE) {
        await Promise.all(
          unknown.slice(i, i + AT_ONCE).map(async (atMs) => {
            const reply = await api.get<Budget>(`/v1/budgets/${encodeURIComponent(name)}?at=${atMs}`, true);
            if (reply.status === 'ok') known.current.set(`${revision} ${atMs}`, reply.answer.remaining.value);
          }),
        );
        if (isWanted) tell();
      }
    };
    void ask();
    return () => {
      isWanted = false;
    };
  }, [api, name, wanted]);
  return { past, stepMs };
}
