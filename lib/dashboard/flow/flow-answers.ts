import type { Window } from '../answers.ts';

export interface Relief {
  boundPerMin: number;
  /** 0.25 is a quarter more than now. */
  gain: number;
}

export interface Bottleneck {
  rank: number;
  /** pool, agent, tool or resource; tools and resources have the pool, or the kind, before their name. */
  kind: string;
  id: string;
  utilization: number;
  servers: number | null;
  evidence: readonly string[];
  confidence: number | null;
  expectedGain: {
    boundPerMin: number;
    oneMoreAgent: Relief | null;
    demandHalved: Relief;
    next: { kind: string; id: string } | null;
  } | null;
}

export interface BottlenecksAnswer {
  window: Window;
  bottlenecks: readonly Bottleneck[];
  system: { jobs: string; completed: number; throughputPerMin: number; boundPerMin: number | null };
  flows: readonly { pool: string; imbalance: number | null; backlogGrowthPerMin: number | null; balanced: boolean }[];
}

export interface HandOff {
  /** null where workflows begin. */
  from: string | null;
  to: string;
  tasks: number;
  workflows: number;
}

export interface WorkflowType {
  workflowType: string;
  runs: number;
  open: number;
  durationMs: { n: number; p50: number | null; p95: number | null };
  path: readonly { pool: string | null; share: number }[];
}

export interface WorkflowsAnswer {
  window: Window;
  types: readonly WorkflowType[];
  /** Absent from servers that do not tell it. */
  handOffs?: readonly HandOff[];
}

export interface CapacityAnswer {
  pools: readonly { pool: string; level: string; why: readonly string[] }[];
}
