/** What a fleet does, and how its clients send it. */
export interface FleetLoad {
  agents: number;
  /** Of which each agent does `tasksPerMin` each. */
  taskTypes: number;
  /** Per agent and task type. */
  tasksPerMin: number;
  /** That share one process, and so one client. */
  agentsPerHost: number;
  /** The client's `batchAgents`. */
  batchAgents: number;
  /** The client's `flushMs`, in seconds. */
  flushS: number;
}

/** What one function takes of what is billed, per minute. */
export interface FunctionUse {
  invocations: number;
  /** Of its thread, on the machine that measured. */
  cpuMs: number;
  /** Times it waited for AWS: calls that are under way together are waited for once. */
  waits: number;
  stateWriteUnits: number;
  stateReadUnits: number;
  rollupsWriteUnits: number;
  rollupsReadUnits: number;
  /** Entries put on an event bus. */
  busEvents: number;
  /** Messages published to SNS. */
  publishes: number;
  timestreamWriteUnits: number;
  /** What it logs at the level WARN, each line with what CloudWatch adds to it. */
  logBytes: number;
}

export const functionUses = [
  'invocations',
  'cpuMs',
  'waits',
  'stateWriteUnits',
  'stateReadUnits',
  'rollupsWriteUnits',
  'rollupsReadUnits',
  'busEvents',
  'publishes',
  'timestreamWriteUnits',
  'logBytes',
] as const satisfies readonly (keyof FunctionUse)[];

/** What one fleet was seen to take. */
export interface MeasuredFleet {
  load: FleetLoad;
  minutes: number;
  /** Whether the jobs of the day and of the week are in it. */
  untilMonday: boolean;
  perMinute: {
    requests: number;
    /** As they go over the wire. */
    requestBytes: number;
    events: number;
    /** By the name of the function in the infrastructure code. */
    functions: Record<string, FunctionUse>;
  };
  stored: {
    /** Written per minute, as far as it is kept for a time. */
    expiringBytesPerMinute: number;
    /** What there is of these once as much expires as is written. */
    steadyBytes: number;
    /** Kept for good. */
    lastingBytes: number;
  };
}
