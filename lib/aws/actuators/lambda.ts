import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import type { Directive } from '../../core/remediate/directive.ts';
import type { ActuationOutcome, Actuator, Level } from '../../ports/actuator.ts';
import type { LambdaPool, PoolMappings } from '../env.ts';
import { mappedPool } from './mapped-pool.ts';
import { PATIENCE_MS, patience } from './patience.ts';
import { type Knob, type LevelDeps, setLevel } from './set-level.ts';

/**
 * Carries out on AWS Lambda what concerns pools whose agents are executions of a function, by its reserved concurrency:
 * `scale` reserves slotsPerAgent for each agent. A concurrency of 0, which stops a function, stays.
 */
export function lambdaActuator(
  client: LambdaClient,
  mappings: PoolMappings<LambdaPool>,
  deps: LevelDeps,
  patienceMs = PATIENCE_MS,
): Actuator {
  return {
    name: 'lambda',
    async actuate({ system, verb, directive, dryRun }) {
      const pool = directive.kind === 'scale' ? directive.params.pool : directive.blastRadius.pool;
      const target = mappedPool(mappings, system, pool);
      if (!target) return notConcerned(`no function of Lambda is mapped to pool ${pool} of system ${system}`);
      if (directive.kind !== 'scale') return notConcerned(reasonAgainst(directive));
      const memoryId = `${system}#${directive.id}#lambda`;
      return setLevel(deps, concurrencyOf(target), { directive, verb, dryRun, memoryId });
    },
  };

  function concurrencyOf(target: LambdaPool): Knob {
    const { functionName: FunctionName, slotsPerAgent: perAgent, min, max } = target;
    return {
      name: `the reserved concurrency of function ${FunctionName}`,
      bounds: { perAgent, min, max },
      read: () => reserved(target),
      write: async (level) => {
        const command =
          level === null
            ? new DeleteFunctionConcurrencyCommand({ FunctionName })
            : new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: level });
        await client.send(command as PutFunctionConcurrencyCommand, patience(patienceMs));
      },
      words: (level) => String(level ?? 'unreserved'),
      says: (level) =>
        `function ${FunctionName} has ${level === null ? 'no' : 'a'} reserved concurrency${level === null ? '' : ` of ${level}`}`,
    };
  }

  async function reserved({ functionName: FunctionName }: LambdaPool): Promise<Level> {
    const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }), patience(patienceMs));
    return answer.ReservedConcurrentExecutions ?? null;
  }
}

function reasonAgainst({ kind, params }: Exclude<Directive, { kind: 'scale' }>): string {
  if (kind === 'tune' && 'concurrency' in params.params) {
    return 'it sets the concurrency of each agent; what a function reserves is for all of them, and scale sets it';
  }
  return `${kind} is nothing that the concurrency of a function can do`;
}

function notConcerned(detail: string): ActuationOutcome {
  return { status: 'not-concerned', detail };
}
