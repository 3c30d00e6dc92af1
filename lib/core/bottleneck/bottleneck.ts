/** `resource`: CPU or memory of a pool ("cpu:POOL"), a model ("model:NAME"), or what is waited for ("wait:NAME"). */
export const bottleneckKinds = ['pool', 'agent', 'tool', 'resource'] as const;
export type BottleneckKind = (typeof bottleneckKinds)[number];

/** How much more the system could do at most if one thing were relieved. */
export interface Relief {
  /** Bound of the throughput then. */
  boundPerMin: number;
  /** By how much that is above the bound as it is: 0.25 for a quarter more. */
  gain: number;
}

export interface Bottleneck {
  /** 1 for the first. */
  rank: number;
  kind: BottleneckKind;
  id: string;
  /** 0..1, or above where more was done than was declared. */
  utilization: number;
  /** Time at work for one job of the system. */
  demandMs: number;
  /** Null where it is not known how many there are. */
  servers: number | null;
  /** Share of the time of its jobs that they waited; null where it is not known. */
  waitShare: number | null;
  /** Share of the critical paths of workflows that it worked on or was waited for; null where none is known. */
  pathShare: number | null;
  evidence: string[];
  /**
   * Probability that it limits more than the next one, 0..1; null for the last, where there are too few minutes, and where
   * more was done than its slots can do.
   */
  confidence: number | null;
  /** null where no job was completed. Where jobs pile up, it is of the flow as it was. */
  expectedGain: ExpectedGain | null;
}

export interface ExpectedGain {
  /** As it is. */
  boundPerMin: number;
  /** Of a pool, with one agent like those it has. */
  oneMoreAgent: Relief | null;
  demandHalved: Relief;
  /** What limits the system next, once its demand is halved. */
  next: { kind: BottleneckKind; id: string } | null;
}

/** How the jobs of a pool flowed. */
export interface PoolFlow {
  pool: string;
  imbalance: number | null;
  backlogGrowthPerMin: number | null;
  isBalanced: boolean;
}

export interface BottleneckReport {
  /** In order of their ranks. */
  bottlenecks: Bottleneck[];
  system: {
    /** What a job of the system is: workflows where their ends are told, else tasks. */
    jobs: 'workflows' | 'tasks';
    completed: number;
    throughputPerMin: number;
    /** At most, with everything as it is. */
    boundPerMin: number | null;
    /** Jobs at once beyond which they must wait for each other. */
    knee: number | null;
    /** About as many jobs left as arrived, in every pool. */
    isBalanced: boolean;
  };
  flows: PoolFlow[];
}
