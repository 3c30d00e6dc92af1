import type { Alert } from '../alert/alert.ts';
import { poolOf } from '../model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import type { DecisionContext } from './directive-kind.ts';
import { wilsonLower } from './wilson-bound.ts';

/** What the last minutes tell of a tool or a model. */
export interface PartEvidence {
  kind: 'tool' | 'model';
  name: string;
  /** Whether its calls fail so often that they are better not made. */
  isBad: boolean;
  calls: number;
  failed: number;
  callsPerMinute: number;
  /** The pool that calls it most. */
  pool: string;
  /** Models beside it that the same pool calls. */
  others: number;
  onsetMs: EpochMs;
  alerts: readonly Alert[];
  /** Calls of minutes from this one on. */
  since(minute: Minute): { calls: number; failed: number };
}

/** Fewer calls are no measure, and below this share of failed ones, surely, retries are cheaper. */
const BAD = { calls: 20, share: 0.5 };

/** By kind and name, as "tool search". */
export function partEvidence({ minutes, minute, roster, firing }: DecisionContext): Map<string, PartEvidence> {
  const parts = new Map<
    string,
    { kind: 'tool' | 'model'; name: string; ofMinutes: Map<Minute, Calls>; pools: Map<string, number> }
  >();
  for (const [at, { parts: rollups }] of minutes) {
    for (const { agent, kind, name, counters } of rollups) {
      if (kind === 'wait') continue;
      const key = `${kind} ${name}`;
      const part = parts.get(key) ?? { kind, name, ofMinutes: new Map(), pools: new Map() };
      parts.set(key, part);
      const calls = part.ofMinutes.get(at) ?? { calls: 0, failed: 0 };
      part.ofMinutes.set(at, { calls: calls.calls + counters.calls, failed: calls.failed + counters.failed });
      const pool = poolOf(roster.get(agent));
      part.pools.set(pool, (part.pools.get(pool) ?? 0) + counters.calls);
    }
  }
  const all = [...parts.values()];
  return new Map(
    [...parts].map(([key, { kind, name, ofMinutes, pools }]) => {
      const since = (from: Minute) => sumOf([...ofMinutes].filter(([at]) => at >= from).map(([, it]) => it));
      const { calls, failed } = since(Number.NEGATIVE_INFINITY);
      const ordered = [...ofMinutes].sort(([a], [b]) => a - b);
      const newest = ordered.at(-1)?.[1] ?? { calls: 0, failed: 0 };
      const first = ordered.find(([, it]) => it.failed >= BAD.share * it.calls)?.[0] ?? minute;
      const [pool = ''] = [...pools].sort(([, a], [, b]) => b - a)[0] ?? [];
      const isLately = newest.failed >= BAD.share * newest.calls;
      const evidence: PartEvidence = {
        ...{ kind, name, calls, failed, pool, since },
        isBad: calls >= BAD.calls && wilsonLower(failed, calls) >= BAD.share && isLately,
        callsPerMinute: calls / Math.max(1, ofMinutes.size),
        others: all.filter((it) => it.kind === kind && it.name !== name && it.pools.has(pool)).length,
        onsetMs: startOfMinute(first),
        alerts: firing.filter(({ rule, scope }) => rule === `${kind}-failing` && scope[kind] === name),
      };
      return [key, evidence];
    }),
  );
}

interface Calls {
  calls: number;
  failed: number;
}

function sumOf(minutes: readonly Calls[]): Calls {
  return {
    calls: minutes.reduce((sum, { calls }) => sum + calls, 0),
    failed: minutes.reduce((sum, { failed }) => sum + failed, 0),
  };
}
