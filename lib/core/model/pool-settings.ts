import type { EpochMs } from './time.ts';

/** One rung of the ladder by which a pool does less for each task, so that it can do more tasks. */
export interface LadderStep {
  /** What orchestrators know it by, such as "smaller-model" or "cached-answer". */
  step: string;
  /** Service time of a task on this rung, as a factor on that without any; above 0, below 1. */
  serviceFactor: number;
  /** How much quality a task is expected to lose by it, 0..1. */
  qualityLoss: number;
}

/** What may be set of a pool's agents: a whole number within bounds, or one of several names. */
export type Tunable = { least: number; most: number } | { choices: string[] };

/** What is known of a pool apart from its agents: as declared by agents, and as people have set it, which overrides. */
export interface PoolSettings {
  /** Agents that scaling may not go below or above. */
  min?: number;
  max?: number;
  /** Where its work may be sent when it cannot do it. */
  backupPool?: string;
  /** Pools whose work its agents can do as well: they may be lent there. */
  lendsTo?: string[];
  /** From the first rung to the last: each does less than the one before. */
  ladder?: LadderStep[];
  /** What may be tuned, by the name that orchestrators know it by: concurrency, batch, timeoutMs, model. */
  tunable?: Record<string, Tunable>;
}

/** Who set a field, and when. */
export interface SettingOrigin {
  by: string;
  atMs: EpochMs;
}

/** Settings in force, and who set which of them; the others are as agents declare them. */
export interface PoolInForce {
  settings: PoolSettings;
  origins: Partial<Record<keyof PoolSettings, SettingOrigin>>;
}

/** What people set about a pool. */
export interface PoolSettingsChange extends PoolInForce {
  pool: string;
  /** Counts the changes, so that two at the same time do not undo each other; 1 is the first. */
  revision: number;
}
