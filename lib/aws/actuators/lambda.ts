import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import type { Directive } from '../../core/remediate/directive.ts';
import type { ActuationOutcome, Actuator, ActuatorMemory } from '../../ports/actuator.ts';
import type { LambdaPool, PoolMappings } from '../env.ts';
import { levelBefore } from './level-before.ts';
import { levelWithin } from './level-within.ts';
import { mappedPool } from './mapped-pool.ts';
import { PATIENCE_MS, patience } from './patience.ts';

/** What `found` says of a function that shares the account's concurrency with others. */
const UNRESERVED = 'unreserved';

/**
 * Carries out on AWS Lambda what concerns pools whose agents are executions of a function, by its reserved concurrency:
 * `scale` reserves slotsPerAgent for each agent, `tune` of a pool's `concurrency` reserves just that. What was reserved
 * before a `tune` comes back when it ends; a level stays, unless its directive is rolled back: then the function goes back
 * to the level before, or to none where nothing was reserved. What somebody has changed since stays in any case.
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
      const asked = wantedOf(directive);
      if ('because' in asked) return notConcerned(asked.because);
      const target = mappedPool(mappings, system, asked.pool);
      if (!target) return notConcerned(`no function of Lambda is mapped to pool ${asked.pool} of system ${system}`);
      const back = verb === 'revert' && directive.kind === 'scale' ? levelBefore(directive) : null;
      if (back && 'because' in back) return notConcerned(back.because);
      const { level, because } = concurrencyFor(target, asked);
      const before = await reserved(target);
      const memoryId = `${system}#${directive.id}#lambda`;
      if (verb === 'apply') {
        const detail = `${change(target, before, level)}${because}, for ${directive.id}`;
        if (dryRun) return { status: 'would-do', detail };
        // Kept before anything is changed: after a crash in between, what is found is not what was there.
        await memory.keep(memoryId, before, nowMs());
        return bring(target, before, level, detail);
      }
      const found = await memory.recall(memoryId);
      if (found === null) return notConcerned(`it was not applied to function ${target.functionName}`);
      const previous =
        back && found !== UNRESERVED
          ? concurrencyFor(target, { pool: asked.pool, ...back })
          : { level: found, because: '' };
      if (before !== level && before !== previous.level) {
        return notConcerned(`somebody has set function ${target.functionName} to ${before} since: it is left so`);
      }
      const detail = `${change(target, before, previous.level)}${previous.because}, after ${directive.id}`;
      return dryRun ? { status: 'would-do', detail } : bring(target, before, previous.level, detail);
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

type Asked = { pool: string; agents: number } | { pool: string; concurrency: number };

/** What a directive wants of a function, or why it wants nothing. */
function wantedOf({ kind, params }: Directive): Asked | { because: string } {
  if (kind === 'scale') {
    if (params.desired === undefined) return { because: 'it lends agents, and sets no level' };
    return { pool: params.pool, agents: params.desired };
  }
  if (kind !== 'tune') return { because: `${kind} is nothing that the concurrency of a function can do` };
  const { pool, params: settings } = params;
  const { concurrency } = settings;
  if (pool === undefined) return { because: 'it is about one agent, and a function is a whole pool' };
  if (typeof concurrency !== 'number') return { because: 'it sets no concurrency' };
  return { pool, concurrency };
}

/** The bounds of a mapping count agents. */
function concurrencyFor(target: LambdaPool, asked: Asked): { level: string; because: string } {
  const { min, max, slotsPerAgent } = target;
  if ('agents' in asked) {
    const { level, because } = levelWithin(target, asked.agents);
    return { level: String(level * slotsPerAgent), because };
  }
  const bounds = { min: min * slotsPerAgent, max: max * slotsPerAgent };
  const { level, because } = levelWithin(bounds, asked.concurrency);
  return { level: String(level), because };
}

function change({ functionName }: LambdaPool, before: string, level: string): string {
  const words = before === level ? `leave it at ${level}` : `from ${before} to ${level}`;
  return `set the reserved concurrency of function ${functionName}: ${words}`;
}

function notConcerned(detail: string): ActuationOutcome {
  return { status: 'not-concerned', detail };
}
