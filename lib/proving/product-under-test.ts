import type { PoolSettings } from '../core/model/pool-settings.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { Flush } from '../sim/telemetry/telemetry.ts';

/** A directive as orchestrators get it from GET /v1/directives. */
export interface ActiveDirective {
  id: string;
  kind: string;
  params: Record<string, unknown>;
  /** Its lease runs out then, unless it is renewed. */
  expiresAt: string;
  ackedAt?: string;
}

/** A message to people, as it was published. */
export interface Told {
  subject: string;
  attributes: Record<string, string>;
  /** For machines. */
  json: string;
}

/**
 * Fleetpulse on a clock that is moved: in the process of the simulation, or the whole of it behind its HTTP API. Both answer
 * the same to the same.
 */
export interface ProductUnderTest {
  /** Receives a flush now. @throws Error when it is refused */
  send(flush: Flush): Promise<void>;
  /** Moves the clock, not back; returns when everything that fell due is done. */
  advanceTo(ms: EpochMs): Promise<void>;
  /** Those in force, whether acknowledged or not. */
  directives(): Promise<ActiveDirective[]>;
  /** @param note what else there is to say; null for nothing */
  acknowledge(id: string, applied: boolean, note: string | null): Promise<void>;
  /** As PUT /v1/pools/{pool}. */
  setPool(pool: string, settings: PoolSettings): Promise<void>;
  /** As PUT /v1/budgets/{name}. */
  setBudget(name: string, settings: Record<string, unknown>): Promise<void>;
  /** As GET /v1/agents answers: every agent with its state and KPIs. */
  agents(windowMinutes: number): Promise<Record<string, unknown>[]>;
  /** As GET /v1/alerts answers: those of the last day. */
  alerts(): Promise<Record<string, unknown>[]>;
  /** What people were told so far, oldest first. */
  notifications(): Promise<Told[]>;
  /** As GET /v1/directives answers without a filter. */
  allDirectives(): Promise<Record<string, unknown>[]>;
  /** As GET /v1/recommendations answers: what is proposed, adopted or measured. */
  recommendations(): Promise<Record<string, unknown>[]>;
}
