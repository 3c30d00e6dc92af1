import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';

/** What a function leans on: a table, a bus, a topic. */
export interface Dependency {
  functionName: string;
  service: string;
  /** Of DynamoDB, by the name in the infrastructure code; `` for other services. */
  table: string;
}

/** What may be wrong with a dependency, and what is done about its calls. */
export const faultKinds = {
  errors: 'the first and then each fifth call answers 500, every other time after it took effect',
  throttles: 'the first and then each fifth call is throttled',
  slow: 'the first and then each fifth call takes 300 ms longer',
  unavailable: 'every call answers 500',
  kills: 'the function is killed at the first and then at each tenth call, every other time after it took effect',
} as const;

export type FaultKind = keyof typeof faultKinds;

const [EVERY, SLOW_MS, KILLED_EVERY] = [5, 300, 10];

/**
 * What becomes of one call while the fault lasts.
 * @param index of the calls to the dependency in this time, from 0
 */
export async function faultOf(kind: FaultKind, index: number): Promise<Fault | undefined> {
  const every = kind === 'kills' ? KILLED_EVERY : EVERY;
  const isHit = index % every === 0;
  const isAfter = Math.floor(index / every) % 2 === 1;
  switch (kind) {
    case 'errors':
      return isHit ? (isAfter ? 'fail-after' : 'fail-before') : undefined;
    case 'throttles':
      return isHit ? 'throttle' : undefined;
    case 'slow':
      if (isHit) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return undefined;
    case 'unavailable':
      return 'fail-before';
    case 'kills':
      return isHit ? (isAfter ? 'kill-after' : 'kill-before') : undefined;
  }
}

/** How many of so many calls it hits. */
export function hitsOf(kind: FaultKind, calls: number): number {
  if (kind === 'unavailable') return calls;
  return Math.ceil(calls / (kind === 'kills' ? KILLED_EVERY : EVERY));
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
