import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ActuationOutcome, Actuator } from '../../ports/actuator.ts';
import type { EcsPool, PoolMappings } from '../env.ts';
import { mappedPool } from './mapped-pool.ts';
import { PATIENCE_MS, patience } from './patience.ts';
import { readBack } from './read-back.ts';
import { type Knob, type LevelDeps, setLevel } from './set-level.ts';

/** The end of an agent's id that names the task it runs in. */
const TASK_ID = /(?:^|[^0-9a-f])([0-9a-f]{32})$/;

/**
 * Carries out on Amazon ECS what concerns pools whose agents are the tasks of a service: `scale` sets its desired count,
 * `restart` stops the task of an agent, which the service then replaces; what was stopped stays stopped.
 */
export function ecsActuator(
  client: ECSClient,
  mappings: PoolMappings<EcsPool>,
  deps: LevelDeps,
  patienceMs = PATIENCE_MS,
): Actuator {
  return {
    name: 'ecs',
    async actuate({ system, verb, directive, dryRun }) {
      const { kind } = directive;
      const pool = kind === 'scale' ? directive.params.pool : directive.blastRadius.pool;
      const target = mappedPool(mappings, system, pool);
      if (!target) return notConcerned(`no service of ECS is mapped to pool ${pool} of system ${system}`);
      switch (directive.kind) {
        case 'scale': {
          const memoryId = `${system}#${directive.id}#ecs`;
          return setLevel(deps, desiredCountOf(target), { directive, verb, dryRun, memoryId });
        }
        case 'restart': {
          if (verb === 'revert') return notConcerned('what was restarted stays restarted');
          if (!target.restarts) return notConcerned(`pool ${pool} is not mapped with restarts`);
          return stopTask(target, directive.params, directive.id, dryRun);
        }
        default:
          return notConcerned(`${kind} is nothing that ECS can do`);
      }
    },
  };

  function desiredCountOf(target: EcsPool): Knob {
    const { cluster, service, min, max } = target;
    const name = nameOf(target);
    return {
      name,
      bounds: { perAgent: 1, min, max },
      read: () => desiredCount(target),
      write: async (level) => {
        const desiredCount = level ?? undefined;
        await client.send(new UpdateServiceCommand({ cluster, service, desiredCount }), patience(patienceMs));
      },
      words: (level) => `${level} tasks`,
      says: (level) => `${name} wants ${level} tasks`,
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
    // Whose id only looks like that of a task runs somewhere else, and whoever runs it is to be asked.
    if (before === null) return notConcerned(`there is no task ${task} in cluster ${target.cluster}`);
    if (before.group !== `service:${target.service}`) throw new Error(`${name}: it belongs to ${before.group}`);
    const isUp = before.desiredStatus !== 'STOPPED';
    const how = drain ? ', which may end what it has within its stopTimeout' : '';
    const detail = isUp ? `stop ${name}${how}, for ${id}` : `leave ${name}: it is stopped already, for ${id}`;
    if (dryRun) return { status: 'would-do', detail };
    if (isUp) {
      const reason = `Fleetpulse: ${id}`.slice(0, 255);
      await client.send(new StopTaskCommand({ cluster: target.cluster, task, reason }), patience(patienceMs));
    }
    const isDown = (status: string) => status !== 'RUNNING' && status !== 'PENDING';
    const read = async () => (await taskOf(target, task))?.desiredStatus ?? 'gone';
    const status = isUp ? await readBack(read, isDown, deps.pausesMs) : 'STOPPED';
    const observed = `${name} is to be ${status}`;
    return { status: 'done', detail, readBack: { observed, matches: isDown(status) } };
  }

  /** Null when there is no such task: one that has stopped is told for about an hour. */
  async function taskOf({ cluster }: EcsPool, task: string) {
    const answer = await client.send(new DescribeTasksCommand({ cluster, tasks: [task] }), patience(patienceMs));
    const reason = answer.failures?.[0]?.reason;
    if (reason !== undefined && reason !== 'MISSING') throw new Error(`task ${task} cannot be read: ${reason}`);
    return answer.tasks?.[0] ?? null;
  }
}

function nameOf({ cluster, service }: EcsPool): string {
  return `service ${cluster}/${service}`;
}

function notConcerned(detail: string): ActuationOutcome {
  return { status: 'not-concerned', detail };
}
