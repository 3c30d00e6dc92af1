/** Who does how much of what, with how many agents. Rates are tasks a minute, money USD an hour. */
export interface AllocationPlan {
  counts: PlannedCount[];
  /** Above 0 only, by task type and agent. */
  shares: PlannedShare[];
  /** Every task type with something unserved. */
  unserved: { taskType: string; tasksPerMin: number; share: number }[];
  /** Who would do what without a failure domain; only where resilience is asked for and had. */
  standby: { withoutDomain: string; shares: PlannedShare[] }[];
}

export interface PlannedCount {
  /** Id of the agent or group. */
  agent: string;
  pool: string;
  count: number;
  now: number;
}

export interface PlannedShare {
  taskType: string;
  /** Id of the agent or group; null for a step that needs none. */
  agent: string | null;
  pool: string | null;
  tasksPerMin: number;
  /** Step of the ladder; absent for tasks done in full. */
  step?: string;
}
