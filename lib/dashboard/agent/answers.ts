// What the API answers about single tasks, workflows, proficiency and capacity.

export interface TaskPart {
  kind: string;
  name: string;
  durationMs?: number;
  status?: string;
}

export interface Task {
  task: string;
  agent: string | null;
  taskType: string;
  status: string;
  endedAt: string;
  attempt: number;
  durationMs?: number;
  queueMs?: number;
  workflow?: string;
  error?: { type: string; message?: string };
  costUsd?: number;
  model?: string;
  tool?: string;
  version?: string;
  parts?: readonly TaskPart[];
}

export interface TasksAnswer {
  window: { from: string; to: string };
  tasks: readonly Task[];
  next: string | null;
}

export interface WorkflowNode {
  node: number;
  parentNode: number | null;
  depth: number;
  task: string;
  agent: string | null;
  taskType: string;
  status: string;
  attempt: number;
  endedAt: string;
  onPathMs: number;
  durationMs?: number;
  queueMs?: number;
  error?: { type: string; message?: string };
}

export interface WorkflowAnswer {
  workflow: string;
  workflowType: string;
  status: string;
  startedAt: string;
  endedAt: string | null;
  durationMs: number;
  costUsd: number | null;
  tasks: number;
  retries: { count: number };
  truncated: boolean;
  tree: readonly WorkflowNode[];
}

export interface Estimate {
  value: number;
  low: number;
  high: number;
  n: number;
  basis: string;
}

export interface EfficiencyAnswer {
  reason: string | null;
  through: string | null;
  agents: readonly {
    agent: string;
    taskType: string;
    successRatio: Estimate | null;
    serviceMs: Estimate | null;
    quality: Estimate | null;
    costUsd: Estimate | null;
    proficiency: { declared: number | null; measured: Estimate | null; toTypical: number | null };
  }[];
  sizing: readonly { resource: string; status: string; words: string }[] | null;
}

export interface CapacityAnswer {
  pools: readonly {
    pool: string;
    level: 'accept' | 'defer' | 'shed';
    queueDepth: number | null;
    drainMs: number | null;
    why: readonly string[];
    shedBelow?: string;
    retryAfterMs?: number;
  }[];
}
