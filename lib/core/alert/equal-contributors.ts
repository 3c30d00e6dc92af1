import type { Finding } from './alert.ts';

/** More names are of no use to anybody, and a message of SNS has 256 KB. */
const MAX_CONTRIBUTORS = 100;

/** Agents of which each carries as much as the other; of more than a hundred the first are named, with their share of all. */
export function equalContributors(agents: readonly string[]): Finding['contributors'] {
  return agents.slice(0, MAX_CONTRIBUTORS).map((agent) => ({ agent, share: 1 / agents.length }));
}
