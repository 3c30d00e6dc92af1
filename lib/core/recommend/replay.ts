import { uniform } from '../model/uniform.ts';
import type { WorkflowTask } from '../workflow/workflow-task.ts';
import type { ObservedPool, PoolAgent } from './recommendation-context.ts';

/**
 * How tasks find an agent. `observed`: each goes to the one that did it. `two choices`: of two agents drawn at random the one with
 * less to do for each of its slots (Mitzenmacher 2001).
 */
export type Placement = 'observed' | 'two choices';

/** A pool's work as it came, freed of who did it. */
export interface PoolTrace {
  agents: PoolAgent[];
  /** Factor on the time of each agent's tasks, 1 for the typical one. */
  speeds: ReadonlyMap<string, number>;
  /** In the order in which they were ready. */
  tasks: TracedTask[];
}

export interface TracedTask {
  task: WorkflowTask;
  agent: string;
  taskType: string;
  readyUs: number;
  /** Time that the typical agent takes; of one that was given up before it started, what its type takes on average. */
  workUs: number;
  /** How long after it was ready it is given up. */
  patienceUs: number;
  /** As it was told. */
  waitUs: number;
  /** It was ready before the window began: it stays where it was, for what it waited for is not known. */
  isGiven: boolean;
}

/** Of an agent with so many tasks half of what it seems to differ by is believed. */
const SPEED_PRIOR_TASKS = 10;

export function poolTrace(
  { agents, tasks }: Pick<ObservedPool, 'agents' | 'tasks'>,
  { fromMs }: { fromMs: number },
): PoolTrace {
  const worked = tasks.filter(({ startUs, endUs }) => endUs > startUs);
  const types = new Map<string, { logs: number; us: number; n: number }>();
  const logOf = ({ startUs, endUs }: WorkflowTask) => Math.log(endUs - startUs);
  for (const task of worked) {
    const its = types.get(task.event.taskType) ?? { logs: 0, us: 0, n: 0 };
    types.set(task.event.taskType, its);
    its.logs += logOf(task);
    its.us += task.endUs - task.startUs;
    its.n += 1;
  }
  const own = new Map<string, { sum: number; n: number }>();
  for (const task of worked) {
    const type = types.get(task.event.taskType) ?? { logs: 0, n: 1 };
    const its = own.get(task.event.agent ?? '') ?? { sum: 0, n: 0 };
    own.set(task.event.agent ?? '', its);
    its.sum += logOf(task) - type.logs / type.n;
    its.n += 1;
  }
  const speeds = new Map(
    [...own].map(([agent, { sum, n }]) => [agent, Math.exp(sum / (n + SPEED_PRIOR_TASKS))] as const),
  );
  const patience = patienceByType(tasks);
  return {
    ...{ agents, speeds },
    tasks: tasks
      .map((task) => {
        const { agent = '', taskType } = task.event;
        const type = types.get(taskType);
        const usualUs = type ? type.us / type.n : 0;
        return {
          ...{ task, agent, taskType, readyUs: task.readyUs, waitUs: task.startUs - task.readyUs },
          workUs: task.endUs > task.startUs ? (task.endUs - task.startUs) / (speeds.get(agent) ?? 1) : usualUs,
          patienceUs: patience.get(taskType) ?? Number.POSITIVE_INFINITY,
          isGiven: task.readyUs < fromMs * 1_000,
        };
      })
      .sort((a, b) => a.readyUs - b.readyUs),
  };
}

/** The limit that tasks of a type have, as those tell that met it. */
function patienceByType(tasks: readonly WorkflowTask[]): Map<string, number> {
  const patience = new Map<string, number>();
  for (const { event, readyUs, endUs } of tasks) {
    if (event.status !== 'timeout') continue;
    patience.set(event.taskType, Math.max(endUs - readyUs, patience.get(event.taskType) ?? 0));
  }
  return patience;
}

interface Server {
  /** When each of its slots is free. */
  free: number[];
  /** Ends of what it was given. */
  ends: number[];
  speed: number;
  skills: ReadonlySet<string> | null;
}

/**
 * What the tasks of a pool would have waited if they had come as they did: each agent does what it is given in order, in its slots.
 * It leaves out that tasks which wait less call for the next steps of their workflows sooner.
 * @param draws how often it is done, each time with other choices; the waits are means
 * @returns waits in microseconds, in the order of the trace
 */
export function replayWaits(
  { agents, speeds, tasks }: PoolTrace,
  placement: Placement,
  { seed = 1, draws = 3 }: { seed?: number; draws?: number } = {},
): Float64Array {
  const waits = new Float64Array(tasks.length);
  const rounds = placement === 'observed' ? 1 : draws;
  for (let round = 0; round < rounds; round++) {
    const random = uniform(seed + round);
    const servers = new Map<string, Server>();
    const add = ({ agent, slots, skills }: PoolAgent) => {
      const server = { free: Array.from({ length: slots }, () => 0), ends: [], speed: speeds.get(agent) ?? 1, skills };
      servers.set(agent, server);
      return server;
    };
    agents.forEach(add);
    const all = [...servers.values()];
    const bySkill = new Map<string, Server[]>();
    const candidatesFor = (taskType: string) => {
      const found = bySkill.get(taskType) ?? all.filter(({ skills }) => skills === null || skills.has(taskType));
      bySkill.set(taskType, found);
      return found.length > 0 ? found : all;
    };
    for (const [i, traced] of tasks.entries()) {
      const { agent, taskType, readyUs } = traced;
      const server =
        placement === 'observed' || traced.isGiven
          ? (servers.get(agent) ?? add({ agent, slots: 1, costPerHourUsd: null, skills: null }))
          : lessBusyOfTwo(candidatesFor(taskType), readyUs, random);
      if (server) waits[i] = (waits[i] as number) + startIn(server, traced) / rounds;
    }
  }
  return waits;
}

function lessBusyOfTwo(servers: readonly Server[], atUs: number, random: () => number): Server | undefined {
  const first = Math.floor(random() * servers.length);
  if (servers.length < 2) return servers[first];
  const second = (first + 1 + Math.floor(random() * (servers.length - 1))) % servers.length;
  const [one, two] = [servers[first], servers[second]];
  if (!one || !two) return one;
  return outstanding(two, atUs) < outstanding(one, atUs) ? two : one;
}

/** Tasks that it has not finished, for each of its slots. */
function outstanding(server: Server, atUs: number): number {
  server.ends = server.ends.filter((end) => end > atUs);
  return server.ends.length / server.free.length;
}

/** Gives a server a task, which may be given up. @returns how long it waits */
function startIn(server: Server, { task, readyUs, workUs, waitUs, patienceUs, isGiven }: TracedTask): number {
  let slot = 0;
  for (let i = 1; i < server.free.length; i++) {
    if ((server.free[i] as number) < (server.free[slot] as number)) slot = i;
  }
  if (isGiven) {
    if (task.endUs > task.startUs) server.free[slot] = Math.max(server.free[slot] as number, task.endUs);
    server.ends.push(task.endUs);
    return waitUs;
  }
  const givenUpUs = readyUs + patienceUs;
  const startUs = Math.max(readyUs, server.free[slot] as number);
  const endUs = Math.min(givenUpUs, startUs + workUs * server.speed);
  server.ends.push(endUs);
  if (startUs >= givenUpUs) return patienceUs;
  server.free[slot] = endUs;
  return startUs - readyUs;
}

/** Mean over the tasks of a trace, ms. */
export function meanMs(valuesUs: Float64Array | readonly number[]): number {
  let sum = 0;
  for (const value of valuesUs) sum += value;
  return valuesUs.length === 0 ? 0 : sum / valuesUs.length / 1_000;
}

/** Share of the slots' time that was work, 0 or more. */
export function utilizationOf(
  { agents, tasks }: Pick<ObservedPool, 'agents' | 'tasks'>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): number {
  const slots = agents.reduce((sum, its) => sum + its.slots, 0);
  const busyUs = tasks.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  return slots === 0 ? 0 : busyUs / 1_000 / (slots * (toMs - fromMs));
}
