import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ActuationOutcome, Actuator, ActuatorMemory } from '../../ports/actuator.ts';
import type { EcsPool, PoolMappings } from '../env.ts';
import { isSetSince, reasonToStay } from './level-found.ts';
import { levelWithin } from './level-within.ts';
import { mappedPool } from './mapped-pool.ts';
import { PATIENCE_MS, patience } from './patience.ts';

/** The end of an agent's id that names the task it runs in. */
const TASK_ID = /(?:^|[^0-9a-f])([0-9a-f]{32})$/;

/**
 * Carries out on Amazon ECS what concerns pools whose agents are the tasks of a service: `scale` sets its desired count,
 * `restart` stops the task of an agent, which the service then replaces. A level stays when its directive ends, unless that
 * is rolled back: then the service goes back to the level that was found. What somebody else has set since stays, and what was stopped
 * stays stopped.
 */
export function ecsActuator(
  client: ECSClient,
  mappings: PoolMappings<EcsPool>,
  memory: ActuatorMemory,
  nowMs: () => number,
  patienceMs = PATIENCE_MS,
): Actuator {
  return {
    name: 'ecs',
    async actuate({ system, verb, directive, dryRun }) {
      const { kind, params } = directive;
      const pool = kind === 'scale' ? params.pool : directive.blastRadius.pool;
      const target = mappedPool(mappings, system, pool);
      if (!target) return notConcerned(`no service of ECS is mapped to pool ${pool} of system ${system}`);
      switch (kind) {
        case 'scale': {
          const { desired } = params;
          if (desired === undefined) return notConcerned('it lends agents, and sets no level');
          const ordered: OrderedLevel = {
            target,
            desired,
            id: directive.id,
            memoryId: `${system}#${directive.id}#ecs`,
          };
          if (verb === 'apply') return setLevel(ordered, dryRun);
          const stays = reasonToStay(directive);
          return stays === null ? takeBack(ordered, dryRun) : notConcerned(stays);
        }
        case 'restart': {
          if (verb === 'revert') return notConcerned('what was restarted stays restarted');
          if (!target.restarts) return notConcerned(`pool ${pool} is not mapped with restarts`);
          return stopTask(target, params, directive.id, dryRun);
        }
        default:
          return notConcerned(`${kind} is nothing that ECS can do`);
      }
    },
  };

  async function setLevel({ target, desired, id, memoryId }: OrderedLevel, dryRun: boolean): Promise<ActuationOutcome> {
    const { level, because } = levelWithin(target, desired);
    const [now, found] = [await desiredCount(target), await foundBefore(memoryId)];
    if (isSetSince(now, level, found)) return setSince(target, now);
    const detail = `${change(target, now, level)}${because}, for ${id}`;
    if (dryRun) return { status: 'would-do', detail };
    // Kept before anything is changed: after a crash in between, what is found is not what was there.
    await memory.keep(memoryId, String(now), nowMs());
    return bring(target, now, level, detail);
  }

  async function takeBack({ target, desired, id, memoryId }: OrderedLevel, dryRun: boolean): Promise<ActuationOutcome> {
    const found = await foundBefore(memoryId);
    if (found === null) return notConcerned(`it was not applied to ${nameOf(target)}`);
    const { level, because } = levelWithin(target, found);
    const now = await desiredCount(target);
    if (isSetSince(now, levelWithin(target, desired).level, level)) return setSince(target, now);
    const detail = `${change(target, now, level)}${because}, after ${id} was rolled back`;
    return dryRun ? { status: 'would-do', detail } : bring(target, now, level, detail);
  }

  async function foundBefore(memoryId: string): Promise<number | null> {
    const found = await memory.recall(memoryId);
    return found === null ? null : Number(found);
  }

  async function bring(target: EcsPool, found: number, level: number, detail: string): Promise<ActuationOutcome> {
    if (found !== level) {
      const { cluster, service } = target;
      await client.send(new UpdateServiceCommand({ cluster, service, desiredCount: level }), patience(patienceMs));
    }
    const observed = await desiredCount(target);
    return {
      status: 'done',
      detail,
      readBack: { observed: `${nameOf(target)} wants ${observed} tasks`, matches: observed === level },
    };
  }

  async function desiredCount(target: EcsPool): Promise<number> {
    const { cluster, service } = target;
    const answer = await client.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
      patience(patienceMs),
    );
    const found = answer.services?.[0];
    const reason = answer.failures?.[0]?.reason ?? 'not in the answer';
    if (!found) throw new Error(`${nameOf(target)} cannot be read: ${reason}`);
    if (found.status !== 'ACTIVE') throw new Error(`${nameOf(target)} is ${found.status}, not ACTIVE`);
    return found.desiredCount ?? 0;
  }

  async function stopTask(
    target: EcsPool,
    { agent, drain }: { agent: string; drain: boolean },
    id: string,
    dryRun: boolean,
  ): Promise<ActuationOutcome> {
    const task = TASK_ID.exec(agent)?.[1];
    if (task === undefined) return notConcerned(`the id of ${agent} does not end with that of a task`);
    const before = await taskOf(target, task);
    const name = `task ${task} of ${nameOf(target)}`;
    if (before !== null && before.group !== `service:${target.service}`) {
      throw new Error(`${name}: it belongs to ${before.group}`);
    }
    const isUp = before !== null && before.desiredStatus !== 'STOPPED';
    const how = drain ? ', which may end what it has within its stopTimeout' : '';
    const detail = isUp ? `stop ${name}${how}, for ${id}` : `leave ${name}: it is stopped already, for ${id}`;
    if (dryRun) return { status: 'would-do', detail };
    if (isUp) {
      const reason = `Fleetpulse: ${id}`.slice(0, 255);
      await client.send(new StopTaskCommand({ cluster: target.cluster, task, reason }), patience(patienceMs));
    }
    const after = isUp ? await taskOf(target, task) : before;
    const status = after?.desiredStatus ?? 'gone';
    return {
      status: 'done',
      detail,
      readBack: { observed: `${name} is to be ${status}`, matches: status !== 'RUNNING' && status !== 'PENDING' },
    };
  }

  /** Null when there is no such task (any more). */
  async function taskOf({ cluster }: EcsPool, task: string) {
    const answer = await client.send(new DescribeTasksCommand({ cluster, tasks: [task] }), patience(patienceMs));
    const reason = answer.failures?.[0]?.reason;
    if (reason !== undefined && reason !== 'MISSING') throw new Error(`task ${task} cannot be read: ${reason}`);
    return answer.tasks?.[0] ?? null;
  }
}

/** A level that a directive orders, and where it is kept what was found before. */
interface OrderedLevel {
  target: EcsPool;
  desired: number;
  id: string;
  memoryId: string;
}

function setSince(target: EcsPool, now: number): ActuationOutcome {
  return notConcerned(`somebody has set ${nameOf(target)} to ${now} tasks since: it is left so`);
}

function change(target: EcsPool, found: number, level: number): string {
  const words = found === level ? `leave it at ${level} tasks` : `from ${found} to ${level} tasks`;
  return `set ${nameOf(target)}: ${words}`;
}

function nameOf({ cluster, service }: EcsPool): string {
  return `service ${cluster}/${service}`;
}

function notConcerned(detail: string): ActuationOutcome {
  return { status: 'not-concerned', detail };
}
