import type { Alert } from '../alert/alert.ts';
import type { MinuteSeen, PlannedAhead } from '../detect/detection-context.ts';
import type { Watch } from '../detect/watch.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { PoolSettings } from '../model/pool-settings.ts';
import type { Budget } from '../slo/budget.ts';
import type { DirectiveKindName, DirectiveOf, DirectiveParams, DirectiveRecord, Proposal } from './directive.ts';
import type { HeldBack } from './held.ts';

/** All a kind may know when it decides what to propose for one minute. */
export interface DecisionContext extends MinuteSeen {
  /** Alerts that fire at the end of the minute. */
  firing: readonly Alert[];
  /** Of every pool that has agents. */
  pools: ReadonlyMap<string, PoolSettings>;
  /** What is planned for; null before the first plan. */
  plan: PlannedAhead | null;
  /** What alerts about budgets are of; absent: there are none. */
  budgets?: readonly Pick<Budget, 'name' | 'kpi' | 'scope'>[];
  /** What detection remembers of series, of slots in use, of what agents did lately, of their memory and of minutes with hardly any left. */
  watch: Pick<Watch, 'series' | 'inUse' | 'peaks' | 'courses' | 'memory' | 'hot'>;
  /** Changes of the last two hours, in no order. */
  changes: readonly FleetChange[];
  /** Directives that are open, or were issued, ended or measured in the last day, as the minute began. */
  recent: readonly DirectiveRecord[];
  /** Directives that are not over, of every kind, as far as this minute has been decided. */
  live: readonly DirectiveRecord[];
  /** Is told what a kind holds back; it decides nothing. */
  onHeldBack?: (it: HeldBack) => void;
}

/** One kind of directive: when it is proposed, and when it counts as changed. */
export interface DirectiveKind<Kind extends DirectiveKindName> {
  /**
   * What it wants done in this minute.
   * @param underway its directives that are in force or wait for a person
   */
  propose(context: DecisionContext, underway: readonly DirectiveOf<Kind>[]): Proposal<Kind>[];
  /** Whether orchestrators must be told of new params before the lease is half over. */
  differs(before: DirectiveParams[Kind], after: DirectiveParams[Kind]): boolean;
  /** Ids that an orchestrator may ask for to get it: pools, agents, tools, models. */
  targets(params: DirectiveParams[Kind]): string[];
  /** In words, why it does not propose a directive any more; null, and absent, where it knows no more than that. */
  whyOver?(directive: DirectiveOf<Kind>, context: DecisionContext): string | null;
}
