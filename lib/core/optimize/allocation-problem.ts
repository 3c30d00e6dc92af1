/**
 * Who should do how much of what, with how many agents, for an upcoming workload: one problem, plain JSON.
 * Rates are tasks a minute, times milliseconds, money US dollars, shares and ratios 0..1. A plan is made for one hour, so
 * what is paid once (starting an agent) counts against that hour.
 */
export interface AllocationProblem {
  /** Single agents, or groups of agents that are alike; ids are unique. */
  agents: AgentGroup[];
  /** What is to be done; ids are unique. */
  taskTypes: TaskDemand[];
  /** Most that agents and tokens together may cost, USD an hour. Unlimited when absent. */
  budgetUsdPerHour?: number;
  /** Minutes until the workload begins: agents that take longer to provision cannot be added. Long enough when absent. */
  leadTimeMin?: number;
  /** How unserved tasks are spread within a priority class: `max-min` (default) or `none`, see docs/planning.md. */
  fairness?: Fairness;
  pooling?: Pooling;
  resilience?: Resilience;
  churn?: Churn;
  /** What one task of quality 0 costs more than one of quality 1, USD; 0 when absent. */
  qualityUsdPerTask?: number;
  /** What the busiest agents' utilization costs, USD an hour from 0 to 1: spreads work evenly. 0 when absent. */
  balanceUsdPerHour?: number;
  /** What is in force now. Changes are counted from it, and it is kept when no better plan can be had. */
  current?: CurrentAllocation;
}

export interface AgentGroup {
  id: string;
  pool: string;
  team?: string;
  /** How many there are, and may be; whole numbers. A range makes the count a decision. */
  count: AgentCount;
  /** Tasks that one agent works on at once, a whole number from 1; 1 when absent. */
  slots?: number;
  /** Of one agent, USD. */
  costPerHourUsd: number;
  /** Share of its slots that may be busy, above 0, at most 1. By the square-root rule on the slots of its pool when absent. */
  maxUtilization?: number;
  /** What fails together with it, such as a zone; none when absent. */
  failureDomain?: string;
  /** False: it gets no work. True when absent. */
  healthy?: boolean;
  /** Minutes from asking for one more until it works; 0 when absent. */
  provisioningMin?: number;
  /** What it can do, by id of the task type. */
  skills: Record<string, Skill>;
}

export interface AgentCount {
  now: number;
  /** `now` when absent. */
  min?: number;
  /** `now` when absent. */
  max?: number;
}

export interface Skill {
  /** Mean time that one attempt keeps a slot busy, ms, above 0. */
  serviceMs: number;
  /** Of one attempt, USD; 0 when absent. */
  tokenCostUsd?: number;
  /** Mean quality of what it does, 0..1; 1 when absent. */
  quality?: number;
  /** Share of attempts that succeed, above 0, at most 1; 1 when absent. Failed ones are tried again by the same agent. */
  successRatio?: number;
}

export const priorities = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

export interface TaskDemand {
  id: string;
  /** Tasks a minute that arrive, 0 or more. */
  demandPerMin: number;
  /** `normal` when absent. */
  priority?: Priority;
  /** The pool whose task it is: agents of other pools are lent. Everybody's when absent. */
  pool?: string;
  /** Least mean quality of its tasks that are done in full, 0..1; 0 when absent. */
  qualityFloor?: number;
  /**
   * What one unserved task costs, USD, before the weight of its priority; when absent, ten times the cheapest way to do it.
   */
  penaltyUsd?: number;
  /** In place of `resilience.servedShare`, where resilience is asked for; 0..1. */
  resilientShare?: number;
  /** Ways to do less for a task rather than nothing. */
  ladder?: LadderStep[];
}

/** A declared step of degradation, such as a smaller model or a canned answer. */
export interface LadderStep {
  step: string;
  /** Share of the full task's time and tokens that it still takes, 0..1. With 0 it needs no agent. */
  workShare: number;
  /** What a task served so costs, USD, before the weight of its priority. */
  penaltyUsd: number;
  /** Largest share of the demand that may be served so, 0..1; 1 when absent. */
  maxShare?: number;
}

export const fairnesses = ['max-min', 'none'] as const;
export type Fairness = (typeof fairnesses)[number];

export interface Pooling {
  /** Whether agents may do tasks of other pools; true when absent. */
  allowed?: boolean;
  /** Largest share of a group's usable capacity that may be lent, 0..1; 1 when absent. */
  maxLentShare?: number;
}

export interface Resilience {
  /** Share of each type's demand for which there must be capacity without any one failure domain, 0..1; N+1 for all of it at 1. */
  servedShare: number;
}

export interface Churn {
  /** USD for each task that another agent does than now; 0 when absent. */
  costPerMovedTaskUsd?: number;
  /** Largest share of all demand that may move, 0..1; 1 when absent. */
  maxMovedShare?: number;
  /** USD for each agent started or stopped; 0 when absent. */
  costPerAgentChangeUsd?: number;
  /** Most agents of a group that may be started or stopped, a whole number; unlimited when absent. */
  maxAgentChange?: number;
}

export interface CurrentAllocation {
  shares: CurrentShare[];
}

export interface CurrentShare {
  taskType: string;
  /** Id of the agent or group. */
  agent: string;
  tasksPerMin: number;
}
