import type { Pool } from './pool.ts';
import { createRandom, type Random } from './random.ts';
import { SERVICE_TIME_SIGMA } from './service-time.ts';

/** Share of attempts that fail by themselves, whatever the agent. */
const FAILURE_PROBABILITY = 0.005;

const FAILURES = [
  { type: 'model_error', message: 'the model returned no usable output' },
  { type: 'tool_error', message: 'a tool call was refused' },
  { type: 'content_filter', message: 'the output was withheld by the content filter' },
] as const;

/** Everything about one attempt at one task that is left to chance, wherever and whenever it runs. */
export interface TaskLuck {
  priority: 'high' | 'normal' | 'low';
  /** Factor on the service time. */
  noise: number;
  /** It breaks off after this share (0..1) of its service time; null when it completes. */
  failure: { afterShare: number; error: { type: string; message: string } } | null;
  /** Graded quality 0..1 when it completes, null when nobody grades it. */
  quality: number | null;
  /** 1..5 when it completes and a user rates it. */
  csat: number | null;
  /** The dispatcher's dice for this attempt. */
  dispatch: Random;
}

/**
 * Draws an attempt's luck from a stream of its own, so that it is the same in every run with this seed, whatever the
 * faults and wherever the task goes.
 * @param attempt 1 for the first
 */
export function drawTaskLuck(pool: Pool, task: string, attempt: number, seed: number): TaskLuck {
  const request = createRandom(seed, `request/${task}`);
  const random = createRandom(seed, `task/${task}/${attempt}`);
  const noise = random.logNormal(1, SERVICE_TIME_SIGMA);
  const [fails, afterShare, reason] = [random.uniform() < FAILURE_PROBABILITY, random.uniform(), random.int(3)];
  const [graded, grade] = [random.uniform() < pool.gradedShare, random.normal(0.9, 0.05)];
  const [rated, mood] = [random.uniform() < pool.ratedShare, random.uniform()];
  const error = FAILURES[reason];
  return {
    priority: priorityAt(request.uniform()),
    noise,
    failure: fails && error ? { afterShare, error } : null,
    quality: graded ? Math.round(Math.min(1, Math.max(0, grade)) * 1_000) / 1_000 : null,
    csat: rated ? ratingAt(mood) : null,
    dispatch: random,
  };
}

function priorityAt(position: number): TaskLuck['priority'] {
  if (position < 0.1) return 'high';
  return position < 0.9 ? 'normal' : 'low';
}

/** Mean 4.14, four in five 4 or better. */
function ratingAt(position: number): number {
  return 1 + [0.03, 0.08, 0.2, 0.55].filter((below) => position >= below).length;
}
