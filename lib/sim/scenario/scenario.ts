import type { LadderStep } from '../../core/model/pool-settings.ts';
import type { SizeRates } from '../service-time.ts';
import type { Curve } from './curve.ts';

/**
 * A fleet, its work, what goes wrong with it and how it reports: everything that a simulation depends on besides its seed
 * and the policy that runs it. Times within a scenario are seconds or minutes from its start.
 */
export interface Scenario {
  name: string;
  /** Why it exists, and where its figures come from. */
  why: string;
  /** What the fleet is in business for, such as `e-commerce`: who it is to be compared with. Changes nothing of what happens. */
  domain?: string;
  /** Epoch ms, a whole minute: daily and weekly patterns are in UTC. */
  startMs: number;
  minutes: number;
  /** Simulated, reported, but left out of what is judged. */
  warmUpMinutes: number;
  pools: PoolSpec[];
  taskTypes: TaskTypeSpec[];
  workflows: WorkflowSpec[];
  arrivals: ArrivalSpec;
  telemetry: TelemetrySpec;
  /** What its business reports, as custom metrics. */
  businessMetrics?: BusinessMetricSpec[];
  faults: FaultSpec[];
}

export interface PoolSpec {
  pool: string;
  team: string;
  /** At the start; agents are named `pool-01`... */
  agents: number;
  /** What scaling may not leave. */
  min: number;
  max: number;
  /** Tasks that an agent works on at once, 1 to 64. */
  slots: number;
  /** Each agent's own speed: a factor on its service times, uniform in 1 ± spread; 0..0.9. */
  speedSpread: number;
  /** Probability that an agent has the skill for a task type of its pool, 0..1; each type is known by at least one. */
  skillDensity: number;
  /** Time until an agent that was ordered works: log-normal. */
  provisioning: { medianS: number; sigma: number };
  costPerHourUsd: number;
  version: string;
  /** Failure domains that its agents are spread over in turn, at least one. */
  zones: number;
  backupPool?: string;
  /** Pools whose work its agents may be lent to. */
  lendsTo?: string[];
  /** By which its work can be made smaller, from the first rung to the last. */
  ladder?: LadderStep[];
  /** Absent where an agent is as fast with all slots busy as with one. */
  contention?: ContentionSpec;
}

/**
 * How agents that work on several tasks at once slow each other's tasks down: by 1 + sigma (n - 1) + kappa n (n - 1) where n
 * are at work, so that most is done at n = sqrt((1 - sigma) / kappa) (the universal scalability law, Gunther 1993).
 */
export interface ContentionSpec {
  /** What waits for what only one can have, 0..1. */
  sigma: number;
  /** What keeping each other up to date takes, at least 0. */
  kappa: number;
  /** Tasks that an agent takes at once until it is tuned, 1 to 64: its slots. */
  concurrency: number;
}

export interface TaskTypeSpec {
  taskType: string;
  /** Pool that serves it. */
  pool: string;
  priority: 'critical' | 'high' | 'normal' | 'low';
  service: ServiceSpec;
  /** Within which a task counts as attained, and its declared limit. */
  slaS: number;
  /** An attempt is given up after this long, waiting included. */
  timeoutS: number;
  /** Attempts after the first, 0..2; only while the retry budget allows. */
  retries: number;
  /** Share of attempts that fail without any fault, 0..1. */
  failureShare: number;
  /** Graded quality of what completes: mean and spread, 0..1; absent where nothing is graded. */
  quality?: { mean: number; sd: number; gradedShare: number };
  /**
   * Stars that users give to what completes, whole numbers 1..5: mean and spread before rounding; absent where nobody rates.
   * `lossByWaitS` is what is lost of the mean by the seconds until work on it began.
   */
  csat?: { mean: number; sd: number; ratedShare: number; lossByWaitS?: Curve };
  /** Of the model that agents use for it; absent where it is not told. */
  model?: string;
  /** Models that can do it, each call of which is reported; the first is used until it is tuned or broken off. */
  models?: ModelSpec[];
  /** That are called for it, each call reported, with the share of the time at work that it takes; together at most 1. */
  tools?: { tool: string; share: number }[];
  tokens: {
    inputMedian: number;
    outputMedian: number;
    sigma: number;
    usdPerMillionInput: number;
    usdPerMillionOutput: number;
  };
  revenueUsd: number;
}

export interface ModelSpec {
  model: string;
  /** On service times. */
  serviceFactor: number;
  /** Share of calls that fail without any fault, 0..1; beside that of the task type. */
  failureShare: number;
  /** Mean grade of what it completes, 0..1; that of the task type where absent. */
  quality?: number;
  /** On the price of tokens. */
  costFactor: number;
}

/** Time at work of one attempt, on an agent of speed 1. */
export type ServiceSpec =
  | { kind: 'lognormal'; meanS: number; cv: number }
  | { kind: 'exponential'; meanS: number }
  | { kind: 'deterministic'; meanS: number }
  /** Follows the task's size, recorded or drawn (see service-time.ts), with a log-normal factor of mean 1. `meanS` is what is expected of it. */
  | ({ kind: 'by_size'; meanS: number; cv: number } & SizeRates);

/** What tasks do together: steps with what each waits for. A request without more is a workflow of one step. */
export interface WorkflowSpec {
  workflowType: string;
  /** Relative frequency among the workflows. */
  weight: number;
  slaS: number;
  steps: WorkflowStep[];
}

export interface WorkflowStep {
  step: string;
  taskType: string;
  /** Steps that must have completed first; no circles. */
  after: string[];
  /** Probability that the step is done once more when it has completed (a verifier that sends it back), 0..0.9. */
  repeatShare: number;
}

export type ArrivalSpec =
  /** Poisson, of workflows; the rate is the mean over a day of the pattern. */
  | {
      kind: 'poisson';
      perMinute: number;
      /** 0.3: between 0.7 and 1.3 times the mean within a day, highest at peakHour (UTC). */
      dailyAmplitude: number;
      peakHour: number;
      /** Factor for Saturday and Sunday, above 0. */
      weekendFactor: number;
      bursts: { atMinute: number; minutes: number; factor: number }[];
    }
  /** A recorded workload: each row one workflow, of its type or one drawn by weight, with the recorded size of the first step. */
  | { kind: 'recorded'; file: string }
  /** As many customers as that, who think between two workflows (exponential): a closed network. */
  | { kind: 'closed'; customers: number; thinkS: number };

/** How the fleet reports, and how badly. */
export interface TelemetrySpec {
  hostAgents: number;
  flushS: number;
  heartbeatS: number;
  sampleS: number;
  /** Each flush arrives 0 to this many minutes late, uniform over whole minutes. */
  delayMinutes: number;
  /** Share of flushes that never arrive, 0..1. */
  lossShare: number;
  /** Share of flushes that arrive twice with the same batch id. */
  duplicateShare: number;
  /** Each host's clock is off by a constant, uniform in ± this. */
  clockSkewS: number;
}

/** What a business metric can follow, of one task or workflow. */
export const businessQuantities = ['responseS', 'waitS', 'quality', 'unserved'] as const;
export type BusinessQuantity = (typeof businessQuantities)[number];

/**
 * A figure of the business that follows what the fleet does: the mean of what a curve says of each task or workflow that ended.
 * Nothing is reported of a stretch in which none did.
 */
export interface BusinessMetricSpec {
  name: string;
  unit: string;
  direction: 'higher' | 'lower' | 'none';
  /** Whose metric it is; the system's where absent. */
  pool?: string;
  /** Of what it is: tasks of a type, workflows of a type, or all workflows. */
  taskType?: string;
  workflowType?: string;
  /**
   * From arrival to end, and until work began (of a task: of its last attempt), s; grade 0..1, where it is graded; 0 for what
   * completed and 1 for what did not.
   */
  from: BusinessQuantity;
  curve: Curve;
  /** What counts for one that did not complete, whatever it took. */
  unserved?: number;
  /** Standard deviation of what else moves it, in its unit. */
  noise: number;
  everyS: number;
}

/** When a fault is in force: from its onset for so long; intensity within it may be drawn. */
export interface FaultTime {
  atMinute: number;
  /** Until the end where absent. */
  minutes?: number;
}

/** Agents by name, or how many of a pool are drawn with the seed. */
export type Targets =
  | { agents: string[] }
  | { pool: string; count: number }
  | { pool: string; share: number }
  | { pool: string; zone: number };

/** What agents say of an attempt that a fault made fail, in place of what the simulator says of its kind. */
export interface ErrorSpec {
  type: string;
  message: string;
}

/** What goes wrong. `factor` multiplies service times, `share` is a share of attempts unless it says otherwise. */
export type FaultSpec = FaultTime &
  (
    | { kind: 'slow'; targets: Targets; factor: number }
    /** Fails almost at once, and so looks idle: a black hole. */
    | { kind: 'fail_fast'; targets: Targets; share: number; afterMs: number; error?: ErrorSpec }
    /** Keeps its heartbeat, finishes nothing. */
    | { kind: 'hang'; targets: Targets }
    /** Everything of it stops; back after so many minutes, or never. */
    | { kind: 'crash'; targets: Targets; backAfterMinutes?: number }
    | { kind: 'quality_collapse'; targets: Targets; quality: number }
    | { kind: 'dependency_slow'; pools: string[]; factor: number }
    | { kind: 'dependency_errors'; pools: string[]; share: number; error?: ErrorSpec }
    /** Calls of a model fail, whoever makes them. */
    | { kind: 'model_errors'; model: string; share: number; error?: ErrorSpec }
    /** Calls of a tool take longer, whoever makes them. */
    | { kind: 'tool_slow'; tool: string; factor: number }
    | { kind: 'load_spike'; factor: number }
    | { kind: 'load_ramp'; factor: number }
    /** Clients that try again what they did not get: each timeout or failure brings so many more requests. */
    | { kind: 'retry_storm'; extraRequests: number }
    | { kind: 'poison_type'; taskType: string; share: number; factor: number }
    /** Slower and larger by the minute until it crashes at the end of the fault. */
    | { kind: 'leak'; targets: Targets; factorAtEnd: number; memoryAtEnd: number }
    /** Errors that grow by the minute until it crashes. */
    | { kind: 'error_ramp'; targets: Targets; shareAtEnd: number }
    | { kind: 'zone_loss'; zone: number }
    /** Of a canary, `agents` says how many of the pool's get it; the others keep what they have. */
    | {
        kind: 'deploy';
        pool: string;
        version: string;
        factor: number;
        failureShare: number;
        announced: boolean;
        agents?: number;
        error?: ErrorSpec;
      }
    | { kind: 'rate_limit'; pools: string[]; perMinute: number }
    /** Two pools send work back and forth. */
    | { kind: 'ping_pong'; taskTypes: [string, string]; share: number }
    | { kind: 'verification_failure'; taskType: string; share: number }
    | { kind: 'telemetry'; how: 'missing' | 'delayed' | 'duplicated' | 'wrong_unit'; targets: Targets; share: number }
    /** Benign: load that was announced. */
    | { kind: 'planned_load'; factor: number }
  );

export type FaultKind = FaultSpec['kind'];
