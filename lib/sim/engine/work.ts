import type { ModelSpec, TaskTypeSpec, WorkflowSpec } from '../scenario/scenario.ts';
import type { FleetAgent } from './fleet-agent.ts';
import type { SimTime } from './sim-time.ts';

/** One run of a workflow. */
export interface Workflow {
  /** The same in every run of the scenario with this seed, whatever the policy. */
  readonly id: string;
  /** What its luck is drawn by. */
  readonly key: number;
  readonly spec: WorkflowSpec;
  readonly startedAt: SimTime;
  /** How often its client has asked before (a retry storm), 0 for the first time. */
  readonly generation: number;
  /** Of a closed population; null otherwise. */
  readonly customer: number | null;
  status: 'open' | 'completed' | 'failed' | 'timeout';
  endedAt: SimTime | null;
  readonly steps: StepProgress[];
  openSteps: number;
}

export interface StepProgress {
  /** Steps it still waits for. */
  missing: number;
  isDone: boolean;
  /** Tasks it has had. */
  passes: number;
}

export interface Task {
  readonly id: string;
  readonly workflow: Workflow;
  /** Index of the step in the workflow. */
  readonly step: number;
  /** What its luck is drawn by, beside the workflow's key. */
  readonly slot: number;
  readonly type: TaskTypeSpec;
  /** The task whose completion called for this one. */
  readonly parent: Task | null;
  /** Agent that completed the parent. */
  readonly delegatedBy: string | null;
  /** Steps that wait for this one alone: its verifier, who sent the work back, and before it those who wait for that one. */
  readonly redoneFor: readonly number[];
  /** How often two pools have sent it on to each other. */
  readonly bounces: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** When its first attempt was queued. */
  readonly arrivedAt: SimTime;
  status: 'open' | AttemptStatus;
  /** Agent of the last attempt. */
  agent: string | null;
}

export type AttemptStatus = 'completed' | 'failed' | 'timeout' | 'rejected';

export interface Attempt {
  readonly task: Task;
  /** 1 for the first. */
  readonly number: number;
  readonly queuedAt: SimTime;
  /** Order of queueing among all attempts of the simulation. */
  readonly order: number;
  state: 'waiting' | 'running' | 'ended';
  /** Null until it is given to one; stays null when none was found in time, and when it was rejected. */
  agent: FleetAgent | null;
  givenAt: SimTime | null;
  startedAt: SimTime | null;
  /** The agent it was given to has crashed: nothing comes of it, and only the time limit ends it. */
  isLost: boolean;
  /** Decided when it starts. */
  fate: Fate | null;
  endedAt: SimTime | null;
  status: AttemptStatus | null;
  error: { type: string; message: string } | null;
  /** Spent, as far as the agent came. */
  tokens: { input: number; output: number };
  costUsd: number;
  /** Graded quality 0..1; null where nothing was graded. */
  quality: number | null;
  /** A user's stars 1..5; null where nobody rated it. */
  csat: number | null;
  /** Version of the agent that worked on it. */
  version: string | null;
  /** Whether no other attempt follows. */
  isFinal: boolean;
}

/** What becomes of an attempt if nothing else happens to it. */
export interface Fate {
  /** Time at work until it completes or fails; null when it hangs. */
  serviceUs: number | null;
  /** Of the tokens to generate, 0..1. */
  doneShare: number;
  error: { type: string; message: string } | null;
  /** That is called; null where the task type has none, and where it does not come to a call. */
  model: ModelSpec | null;
  /** Whether it is the call that fails. */
  isModelError: boolean;
  /** Calls of tools, each with its share of the time at work. */
  tools: readonly { tool: string; share: number }[];
  /** By the rung that it starts on. */
  qualityLoss: number;
}
