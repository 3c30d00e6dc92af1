import { reachesAny } from '../core/model/pool-access.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../core/model/time.ts';
import type { Directive, DirectiveRecord } from '../core/remediate/directive.ts';
import { type DirectiveStatus, statusAt } from '../core/remediate/directive-status.ts';
import { directiveTargets } from '../core/remediate/kinds/directive-targets.ts';
import { poolsOf } from '../core/remediate/measure-directives.ts';
import { withStop } from '../core/remediate/stopped.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';

const DAY_MS = DAY_MINUTES * MINUTE_MS;

export interface DirectiveFilter {
  status?: DirectiveStatus | undefined;
  /** A pool, agent, tool or model that the directive is about; of agents, tools and models also the pool that has them, or calls them most. */
  target?: string | undefined;
  /** Issued in [fromMs, toMs); without a period those that are open, or were issued, ended or measured in the last day. */
  fromMs?: EpochMs | undefined;
  toMs?: EpochMs | undefined;
}

/**
 * Directives, newest first, and the version that they belong to. What people have stopped is not in force any more.
 * @param reader one of whose pools they must set, where they are restricted to some
 */
export async function listDirectives(
  deps: { directives: DirectiveStore; policies: Pick<PolicyStore, 'read'> },
  system: string,
  { status, target, fromMs, toMs }: DirectiveFilter,
  nowMs: EpochMs,
  reader: { pools?: readonly string[] } = {},
): Promise<{ version: number; records: DirectiveRecord[] }> {
  // The version first: what is read after it is at least as new, so nobody who has it misses anything.
  const version = await deps.directives.version(system);
  const [found, stops] = await Promise.all([read(deps, system, { fromMs, toMs }, nowMs), deps.policies.read(system)]);
  return {
    version,
    records: found
      .filter(({ directive }) => reachesAny(reader, poolsOf(directive)))
      .map((record) => withStop(record, stops, nowMs))
      .filter((record) => status === undefined || statusAt(record, nowMs) === status)
      .filter(({ directive }) => target === undefined || isAbout(directive, target))
      .sort((a, b) => b.directive.issuedMs - a.directive.issuedMs),
  };
}

/** Who obeys for a pool is told of its agents, too, and of what its tasks use. */
function isAbout(directive: Directive, target: string): boolean {
  return directiveTargets(directive).includes(target) || poolsOf(directive).has(target);
}

function read(
  { directives }: { directives: DirectiveStore },
  system: string,
  { fromMs, toMs }: Pick<DirectiveFilter, 'fromMs' | 'toMs'>,
  nowMs: EpochMs,
): Promise<DirectiveRecord[]> {
  if (fromMs === undefined && toMs === undefined) return directives.recent(system, nowMs - DAY_MS);
  const endMs = toMs ?? nowMs + 1;
  return directives.history(system, fromMs ?? endMs - DAY_MS, endMs);
}
