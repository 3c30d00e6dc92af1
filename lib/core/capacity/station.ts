import type { BottleneckKind } from '../bottleneck/bottleneck.ts';

/** What the tasks of a type ask of a station. */
export interface TaskDemand {
  /** Share of the tasks of the type that come to it, 0..1: where several pools serve a type each gets a part. */
  share: number;
  /** Time of one server that one of those takes, ms, 0 or more; of a resource, that in which it would be used up. */
  serviceMs: number;
  /** CV of it, 0 or more. */
  serviceCv: number;
  /** Tasks that it was measured from. */
  n: number;
}

/** Something that work may have to wait for: a pool, agents of it that alone know a task type, a tool, the CPU of a pool. */
export interface Station {
  /** `agent` for one agent or a group of agents. */
  kind: BottleneckKind;
  id: string;
  /** Null where it is no pool and no group of agents. */
  agents: number | null;
  /** Tasks that it serves at once, above 0. 1 of what is known only by the share of it that is in use. */
  servers: number;
  /** Share of the servers at work from which on it counts as full, above 0 and up to 1. */
  limit: number;
  /** Share of them that is in use without any work, 0 or more and below the limit: of CPU what agents take while they wait. */
  idle: number;
  /** Whether tasks queue for its servers, first come first served, so that their wait can be told. */
  isQueue: boolean;
  /** CV of the times between arrivals at it; 1 where it is not known. */
  arrivalCv: number;
  /** By task type. */
  demands: ReadonlyMap<string, TaskDemand>;
  /** Share of its servers that was at work when it was measured; null where it is not known. */
  measuredUtilization: number | null;
}
