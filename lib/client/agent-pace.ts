/** How one task that was given to an agent ended. */
export interface PaceReading {
  agent: string;
  taskType: string;
  /** From giving it to its end, ms. */
  tookMs: number;
  /** Not failed, given up or broken off. */
  isDone: boolean;
  /** When it ended, epoch ms. */
  atMs: number;
}

/** What is known of an agent, as of `atMs`. */
interface AgentReadings {
  /** Tasks done, older ones counting less. */
  count: number;
  /** Of those, natural logarithm of the time taken over the usual time of the type, summed. */
  logSum: number;
  /** Share of tasks not done, 0..1. */
  failed: number;
  atMs: number;
}

/** After so long a task counts half: who was slow, and is therefore given little, is soon tried again. */
const HALF_LIFE_MS = 5 * 60_000;
/** About so many of the last tasks that were done make an agent's pace, and so many of the last that ended the share that failed. */
const [PACE_TASKS, FAILED_TASKS] = [100, 10];
/**
 * So many tasks at the usual pace are assumed of each agent: the variance of one task's logarithm (about 0.7 at a coefficient of
 * variation of 1) over that of the agents' (0.02 where they differ by a quarter).
 */
const ASSUMED_TASKS = 32;
/** About so many of the last tasks of a type make its usual time. */
const TYPE_TASKS = 2_000;
/** Nothing is left by then of what was known of an agent. */
const FORGOTTEN_MS = 12 * HALF_LIFE_MS;
/** Nobody is known to fail always. */
const MOST_FAILED = 0.99;
/** Of two agents one a tenth slower is drawn half as often. */
const STEEPNESS = 8;

/**
 * How fast each of some agents is, by the tasks that it was given and how they ended: for whoever hands out tasks, to choose among
 * agents that are free. Task types may take any time: an agent is compared with the usual time of each type, which is in turn
 * compared with who did it. What failed counts at once, because an agent that fails fast is free more often than any other.
 */
export class AgentPace {
  readonly #agents = new Map<string, AgentReadings>();
  readonly #types = new Map<string, { log: number; count: number }>();
  #lastEndMs = 0;

  /** @throws RangeError where `tookMs` is no time */
  ended({ agent, taskType, tookMs, isDone, atMs }: PaceReading): void {
    if (!(tookMs >= 0 && tookMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`tookMs is ${tookMs}, and has to be 0 or more`);
    }
    this.#lastEndMs = atMs;
    if (!this.#agents.has(agent)) this.#forgetBefore(atMs - FORGOTTEN_MS);
    const own = this.#readingsAt(agent, atMs);
    this.#agents.set(agent, own);
    own.failed += ((isDone ? 0 : 1) - own.failed) / FAILED_TASKS;
    if (!isDone) return;
    const log = Math.log(Math.max(1, tookMs));
    const type = this.#types.get(taskType) ?? { log, count: 0 };
    this.#types.set(taskType, type);
    const offUsual = log - type.log;
    type.count += 1;
    type.log += (offUsual - logPace(own)) / Math.min(TYPE_TASKS, type.count + 1);
    const kept = 1 - 1 / PACE_TASKS;
    own.count = kept * own.count + 1;
    own.logSum = kept * own.logSum + offUsual;
  }

  /**
   * Time that a task done takes of the agent, as a multiple of what is usual: 1 of one that is not known, 1.2 of one a fifth slower.
   * @param atMs by default when the last task ended, of whichever agent
   */
  slowness(agent: string, atMs = this.#lastEndMs): number {
    const own = this.#readingsAt(agent, atMs);
    return Math.exp(logPace(own)) / (1 - Math.min(MOST_FAILED, own.failed));
  }

  /** Agents come and go: who has gone is not kept for ever. */
  #forgetBefore(limitMs: number): void {
    for (const [agent, { atMs }] of this.#agents) if (atMs < limitMs) this.#agents.delete(agent);
  }

  #readingsAt(agent: string, atMs: number): AgentReadings {
    const { count, logSum, failed, atMs: before } = this.#agents.get(agent) ?? { count: 0, logSum: 0, failed: 0, atMs };
    const ageMs = Math.max(0, atMs - before);
    const kept = 2 ** (-ageMs / HALF_LIFE_MS);
    return { count: kept * count, logSum: kept * logSum, failed: kept * failed, atMs };
  }
}

/** How much more often an agent of such slowness is to be drawn than one at the usual pace, as a factor on its weight. */
export function drawFactor(slowness: number): number {
  return slowness ** -STEEPNESS;
}

function logPace({ count, logSum }: AgentReadings): number {
  return logSum / (count + ASSUMED_TASKS);
}
