import type { Alert } from '../alert/alert.ts';
import type { MinuteSeen } from '../detect/detection-context.ts';
import type { MeasuredChange } from '../effect/effect.ts';
import type { PoolMinute } from '../effect/pool-minute.ts';
import type { EpochMs, Minute } from '../model/time.ts';
import type { DirectiveKindName, DirectiveOf, DirectiveParams, Proposal } from './directive.ts';

/** All a kind may know when it decides what to propose for one minute. */
export interface DecisionContext extends MinuteSeen {
  /** Alerts that fire at the end of the minute. */
  firing: readonly Alert[];
}

/** What a measurement looks at. */
export interface Comparison<Kind extends DirectiveKindName> {
  directive: DirectiveOf<Kind>;
  /** Minutes of the directive's pool, oldest first, that led to the decision and followed it. */
  minutes: readonly PoolMinute[];
  /** When an orchestrator said that it had applied it. */
  appliedMs: EpochMs;
  /** The minutes [from, to) in force to compare. */
  from: Minute;
  to: Minute;
}

/** One kind of directive: when it is proposed, when it counts as changed, and how its effect is measured. */
export interface DirectiveKind<Kind extends DirectiveKindName> {
  /** What it wants done in this minute. */
  propose(context: DecisionContext, inForce: readonly DirectiveOf<Kind>[]): Proposal<Kind>[];
  /** Whether orchestrators must be told of new params before the lease is half over. */
  differs(before: DirectiveParams[Kind], after: DirectiveParams[Kind]): boolean;
  /** Ids that an orchestrator may ask for to get it: pools, agents, tools, models. */
  targets(params: DirectiveParams[Kind]): string[];
  /** @returns the change it made to its expected KPI, or why that cannot be told */
  measure(
    comparison: Comparison<Kind>,
  ): { status: 'measured'; change: MeasuredChange } | { status: 'unmeasurable'; reason: string };
}
