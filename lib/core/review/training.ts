import type { Estimate } from '../benchmark/benchmark.ts';
import { strategyTraits } from '../recommend/recommendation.ts';
import { percent } from '../recommend/words.ts';
import type { ReviewFinding } from './review-finding.ts';
import type { ReviewMeasureId } from './review-measure.ts';

/** `s/day`: of agent time; `ratio` and `stars`: of the mean grade or rating. */
export type TrainingUnit = 's/day' | 'tasks/day' | 'ratio' | 'stars';

/** What should be learned, by whom, and what it brings. Plain JSON. */
export interface TrainingAdvice {
  strategy: 'agent_skill_enhancement' | 'skill_development_programs';
  horizon: 'medium' | 'long';
  pool: string;
  /** Absent where it is about the whole pool. */
  agent?: string;
  taskType: string;
  title: string;
  gain: Estimate & { unit: TrainingUnit };
  /** Whether the gain is lost only while somebody is away. */
  isAtStake: boolean;
  because: string[];
}

/** What is lost where one task type has several weaknesses: the first says most of the others too. */
const ORDER: readonly ReviewMeasureId[] = ['completion', 'service_time', 'sla', 'quality', 'satisfaction'];
/** Gains below are not worth a training: ten minutes of agent time, or a task in two days. */
const LEAST_GAIN: Record<TrainingUnit, number> = { 's/day': 600, 'tasks/day': 0.5, ratio: 0, stars: 0 };

/**
 * One training for a task type, from its weaknesses: what there is to be had by doing as the others do.
 * @param who as it is called in the title
 * @param tasksPerDay of the type
 * @returns null where it is not worth it
 */
export function trainingFor(
  weaknesses: readonly ReviewFinding[],
  of: Pick<TrainingAdvice, 'strategy' | 'pool' | 'agent' | 'taskType'>,
  { who, tasksPerDay, more }: { who: string; tasksPerDay: number; more: readonly string[] },
): TrainingAdvice | null {
  const inOrder = weaknesses.toSorted((a, b) => ORDER.indexOf(a.measure) - ORDER.indexOf(b.measure));
  for (const weakness of inOrder) {
    const gain = gainOf(weakness, tasksPerDay);
    if (gain.value < LEAST_GAIN[gain.unit]) continue;
    return {
      ...of,
      ...{ horizon: strategyTraits[of.strategy].horizon, isAtStake: false },
      title: `Bring ${who} up to its peers at ${of.taskType}: ${shortly(weakness)}`,
      gain,
      because: [...inOrder.map(({ words }) => `${who} ${words}.`), ...more],
    };
  }
  return null;
}

function gainOf({ measure, difference, peers }: ReviewFinding, tasksPerDay: number): TrainingAdvice['gain'] {
  switch (measure) {
    case 'service_time': {
      const seconds = (ratio: number) => Math.max(0, ((ratio - 1) * peers * tasksPerDay) / 1_000);
      return {
        value: seconds(difference.value),
        low: seconds(difference.low),
        high: seconds(difference.high),
        unit: 's/day',
      };
    }
    case 'completion':
    case 'sla':
      return { ...lost(difference, tasksPerDay), unit: 'tasks/day' };
    case 'quality':
      return { ...lost(difference, 1), unit: 'ratio' };
    case 'satisfaction':
      return { ...lost(difference, 1), unit: 'stars' };
  }
}

function lost({ value, low, high }: Estimate, times: number): Estimate {
  return { value: -value * times, low: Math.max(0, -high * times), high: -low * times };
}

/** As the hourly recommendations of the same names say it. */
function shortly({ measure, value, difference }: ReviewFinding): string {
  switch (measure) {
    case 'service_time':
      return `it takes ${difference.value.toFixed(1)} times as long`;
    case 'completion':
      return `${percent(1 - value)} of its tasks fail`;
    case 'sla':
      return `${percent(1 - value)} of its tasks miss their limit`;
    case 'quality':
      return `its work is graded ${(-difference.value).toFixed(2)} lower`;
    case 'satisfaction':
      return `it is rated ${(-difference.value).toFixed(1)} stars lower`;
  }
}
