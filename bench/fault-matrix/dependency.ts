import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';
import type { Random } from '../../lib/sim/random.ts';

/** What a function leans on: a table, a bus, a topic. */
export interface Dependency {
  functionName: string;
  service: string;
  /** Of DynamoDB, by the name in the infrastructure code; `` for other services. */
  table: string;
}

/** What may be wrong with a dependency, and what is done about its calls. */
export const faultKinds = {
  errors: 'a fifth of the calls answer 500, half of them after they took effect',
  throttles: 'a fifth of the calls are throttled',
  slow: 'a fifth of the calls take 300 ms longer',
  unavailable: 'every call answers 500',
  kills: 'the function is killed at a tenth of its calls, half of them after they took effect',
} as const;

export type FaultKind = keyof typeof faultKinds;

const [SHARE, SLOW_MS, KILLED_SHARE] = [0.2, 300, 0.1];

/** What becomes of one call while the fault lasts. */
export async function faultOf(kind: FaultKind, random: Random): Promise<Fault | undefined> {
  switch (kind) {
    case 'errors':
      return random.uniform() < SHARE ? (random.uniform() < 0.5 ? 'fail-before' : 'fail-after') : undefined;
    case 'throttles':
      return random.uniform() < SHARE ? 'throttle' : undefined;
    case 'slow':
      if (random.uniform() < SHARE) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return undefined;
    case 'unavailable':
      return 'fail-before';
    case 'kills':
      return random.uniform() < KILLED_SHARE ? (random.uniform() < 0.5 ? 'kill-before' : 'kill-after') : undefined;
  }
}

/** @param tableOf by its physical name */
export function dependencyOf(
  { functionName, service, request }: SdkCall,
  tableOf: (name: string) => string,
): Dependency {
  const name = request['TableName'];
  return { functionName, service, table: service === 'dynamodb' && typeof name === 'string' ? tableOf(name) : '' };
}

export function wordsOf({ functionName, service, table }: Dependency): string {
  return `${functionName} → ${service === 'dynamodb' ? table : service}`;
}
