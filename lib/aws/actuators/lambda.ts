import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import type { Directive } from '../../core/remediate/directive.ts';
import type { ActuationOutcome, Actuator, ActuatorMemory } from '../../ports/actuator.ts';
import type { LambdaPool, PoolMappings } from '../env.ts';
import { isSetSince, reasonToStay } from './level-found.ts';
import { levelWithin } from './level-within.ts';
import { mappedPool } from './mapped-pool.ts';
import { PATIENCE_MS, patience } from './patience.ts';

/** What `found` says of a function that shares the account's concurrency with others. */
const UNRESERVED = 'unreserved';

/**
 * Carries out on AWS Lambda what concerns pools whose agents are executions of a function, by its reserved concurrency:
 * `scale` reserves slotsPerAgent for each agent. A level stays, unless its directive is rolled back: then the function goes
 * back to what was found, or to none where nothing was reserved. What somebody else has set since stays.
 */
export function lambdaActuator(
  client: LambdaClient,
  mappings: PoolMappings<LambdaPool>,
  memory: ActuatorMemory,
  nowMs: () => number,
  patienceMs = PATIENCE_MS,
): Actuator {
  return {
    name: 'lambda',
    async actuate({ system, verb, directive, dryRun }) {
      const { kind, params } = directive;
      const pool = kind === 'scale' ? params.pool : directive.blastRadius.pool;
      const target = mappedPool(mappings, system, pool);
      if (!target) return notConcerned(`no function of Lambda is mapped to pool ${pool} of system ${system}`);
      if (kind !== 'scale') return notConcerned(reasonAgainst(directive));
      const { desired } = params;
      if (desired === undefined) return notConcerned('it lends agents, and sets no level');
      const stays = verb === 'revert' ? reasonToStay(directive) : null;
      if (stays !== null) return notConcerned(stays);
      const own = concurrencyFor(target, desired);
      const now = await reserved(target);
      const memoryId = `${system}#${directive.id}#lambda`;
      const found = await memory.recall(memoryId);
      if (verb === 'apply') {
        if (isSetSince(now, own.level, found)) return setSince(target, now);
        const detail = `${change(target, now, own.level)}${own.because}, for ${directive.id}`;
        if (dryRun) return { status: 'would-do', detail };
        // Kept before anything is changed: after a crash in between, what is found is not what was there.
        await memory.keep(memoryId, now, nowMs());
        return bring(target, now, own.level, detail);
      }
      if (found === null) return notConcerned(`it was not applied to function ${target.functionName}`);
      const before = found === UNRESERVED ? found : foundWithin(target, Number(found));
      if (isSetSince(now, own.level, before)) return setSince(target, now);
      const detail = `${change(target, now, before)}, after ${directive.id} was rolled back`;
      return dryRun ? { status: 'would-do', detail } : bring(target, now, before, detail);
    },
  };

  async function bring(target: LambdaPool, before: string, level: string, detail: string): Promise<ActuationOutcome> {
    const { functionName: FunctionName } = target;
    if (before !== level) {
      const command =
        level === UNRESERVED
          ? new DeleteFunctionConcurrencyCommand({ FunctionName })
          : new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: Number(level) });
      await client.send(command as PutFunctionConcurrencyCommand, patience(patienceMs));
    }
    const observed = await reserved(target);
    const words = `function ${FunctionName} has a reserved concurrency of ${observed}`;
    return { status: 'done', detail, readBack: { observed: words, matches: observed === level } };
  }

  async function reserved({ functionName: FunctionName }: LambdaPool): Promise<string> {
    const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }), patience(patienceMs));
    return String(answer.ReservedConcurrentExecutions ?? UNRESERVED);
  }
}

function reasonAgainst({ kind, params }: Exclude<Directive, { kind: 'scale' }>): string {
  if (kind === 'tune' && 'concurrency' in params.params) {
    return 'it sets the concurrency of each agent; what a function reserves is for all of them, and scale sets it';
  }
  return `${kind} is nothing that the concurrency of a function can do`;
}

/** The bounds of a mapping count agents. */
function concurrencyFor(target: LambdaPool, agents: number): { level: string; because: string } {
  const { level, because } = levelWithin(target, agents);
  return { level: String(level * target.slotsPerAgent), because };
}

function foundWithin({ min, max, slotsPerAgent }: LambdaPool, found: number): string {
  return String(Math.min(max * slotsPerAgent, Math.max(min * slotsPerAgent, found)));
}

function setSince({ functionName }: LambdaPool, now: string): ActuationOutcome {
  return notConcerned(`somebody has set function ${functionName} to ${now} since: it is left so`);
}

function change({ functionName }: LambdaPool, before: string, level: string): string {
  const words = before === level ? `leave it at ${level}` : `from ${before} to ${level}`;
  return `set the reserved concurrency of function ${functionName}: ${words}`;
}

function notConcerned(detail: string): ActuationOutcome {
  return { status: 'not-concerned', detail };
}
