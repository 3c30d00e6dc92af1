import { useFacts } from '../page-context.ts';
import { valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { PlanAnswer } from './plan-answer.ts';
import { saturationWords, stationName } from './plan-words.ts';

/** What of the fleet is full first, as the plan in force has it; a pool can be chosen. */
export function FirstFull({ nowMs }: { nowMs: number }) {
  const { go } = useFacts();
  const { answer } = useHeld<PlanAnswer>('/v1/plan').held;
  const first = answer?.predicted_bottlenecks.find(({ kind }) => kind === 'pool') ?? answer?.predicted_bottlenecks[0];
  if (!first) return null;
  const { kind, id, utilization, saturates } = first;
  const name = stationName(first);
  return (
    <>
      First to fill:{' '}
      {kind === 'pool' ? (
        <button type="button" class="link" title={`Show what is ahead of ${name}`} onClick={() => go({ pool: id })}>
          {name}
        </button>
      ) : (
        name
      )}
      , {valueText(utilization, 'ratio')} at work at its busiest hour
      {saturates
        ? `; ${saturates.at === null ? 'not full within the forecast' : saturationWords(saturates, nowMs)}`
        : ''}
      .
    </>
  );
}
