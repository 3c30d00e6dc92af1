import type { Alert } from '../alert/alert.ts';
import { poolOf } from '../model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import type { DecisionContext } from './directive-kind.ts';
import { wilsonLower } from './wilson-bound.ts';

/** What the last minutes tell of a tool or a model. */
export interface PartEvidence {
  kind: 'tool' | 'model';
  name: string;
  /**
   * Whether its calls fail so often that they are better not made. A model only where the same pool calls another, or says that it may,
   * that does not fail as often.
   * @param out parts by kind and name that calls are kept from: they are no other to turn to
   */
  isBad(out: ReadonlySet<string>): boolean;
  calls: number;
  failed: number;
  callsPerMinute: number;
  /** The pool that calls it most. */
  pool: string;
  onsetMs: EpochMs;
  alerts: readonly Alert[];
  /** Calls of minutes from this one on. */
  since(minute: Minute): { calls: number; failed: number };
}

/** Fewer calls are no measure, and below this share of failed ones, surely, retries are cheaper. */
const BAD = { calls: 20, share: 0.5 };
/** Where people were told that it fails, and the pool has another model to turn to, fewer failures are worse than that. */
const BAD_BESIDE_ANOTHER = 0.25;

/** By kind and name, as "tool search". */
export function partEvidence({
  minutes,
  minute,
  roster,
  firing,
  pools: settings,
}: DecisionContext): Map<string, PartEvidence> {
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
  const isOftenFailing = (key: string, share: number) => {
    const newest = newestOf(parts.get(key)?.ofMinutes);
    return newest.calls > 0 && newest.failed >= share * newest.calls;
  };
  return new Map(
    [...parts].map(([key, { kind, name, ofMinutes, pools }]) => {
      const since = (from: Minute) => sumOf([...ofMinutes].filter(([at]) => at >= from).map(([, it]) => it));
      const { calls, failed } = since(Number.NEGATIVE_INFINITY);
      const [pool = ''] = [...pools].sort(([, a], [, b]) => b - a)[0] ?? [];
      const tunable = kind === 'model' ? settings.get(pool)?.tunable?.['model'] : undefined;
      const choices = tunable && 'choices' in tunable ? tunable.choices.map((choice) => `model ${choice}`) : [];
      const called = [...parts].filter(([, it]) => it.kind === kind && it.pools.has(pool)).map(([other]) => other);
      const others = new Set([...choices, ...called]);
      others.delete(key);
      const alerts = firing.filter(({ rule, scope }) => rule === `${kind}-failing` && scope[kind] === name);
      const shares = kind === 'model' && alerts.length > 0 ? [BAD.share, BAD_BESIDE_ANOTHER] : [BAD.share];
      const isBadBy = (share: number) =>
        calls >= BAD.calls && wilsonLower(failed, calls) >= share && isOftenFailing(key, share);
      const least = Math.min(...shares);
      const first =
        [...ofMinutes].sort(([a], [b]) => a - b).find(([, it]) => it.failed >= least * it.calls)?.[0] ?? minute;
      const evidence: PartEvidence = {
        ...{ kind, name, calls, failed, pool, since },
        isBad: (out) =>
          shares.some((share) => {
            const hasAnother = [...others].some((other) => !out.has(other) && !isOftenFailing(other, share));
            return isBadBy(share) && (kind === 'tool' || hasAnother);
          }),
        callsPerMinute: calls / Math.max(1, ofMinutes.size),
        ...{ onsetMs: startOfMinute(first), alerts },
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

function newestOf(ofMinutes: ReadonlyMap<Minute, Calls> | undefined): Calls {
  const [newest] = [...(ofMinutes ?? [])].sort(([a], [b]) => b - a);
  return newest?.[1] ?? { calls: 0, failed: 0 };
}
