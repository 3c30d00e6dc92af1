import { seriesId } from '../../detect/series-id.ts';
import type { SeriesKindName } from '../../detect/series-kind.ts';
import type { Watch } from '../../detect/watch.ts';
import { poolOf, type Roster } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS, type Minute, minuteOf } from '../../model/time.ts';
import type { DirectiveRecord } from '../directive.ts';
import type { Action, Guardrail } from './guardrail.ts';

/**
 * The 95 % band of a pool's figures over a whole lease: three figures in fifteen minutes, each minute of which may be beyond it
 * by chance once in 900, are 3.06 standard deviations above the level.
 */
const BAND_DEVIATIONS = 3.06;
/** Beyond the band in so many of the last so many minutes is harm. */
const MINUTES_BEYOND = 2;
const MINUTES_JUDGED = 3;
/** What was given out before it came into force is still ending. */
const SETTLING_MINUTES = 1;
/** Taking back is an action too: of one pool at most once in so long. */
const BETWEEN_MS = 5 * MINUTE_MS;

/** Where fewer tasks wait for each slot than this, that more do than before is what was meant: slots are better used. */
const WAITING_PER_SLOT = 0.25;

const figures = ['error_ratio', 'service_ms', 'queued'] as const satisfies SeriesKindName[];
/**
 * What is not judged, because the action means it: work of another pool takes as long as it takes, wherever it is done; and fewer
 * tasks at once wait before an agent, not within it, which tuning weighs by itself.
 */
const meant: Partial<Record<Action['kind'], readonly SeriesKindName[]>> = {
  failover: ['service_ms'],
  tune: ['service_ms', 'queued'],
};

/**
 * What is in force is taken back when it is seen to do harm, before its effect is measured. Judged are pools that were well when it was
 * decided, and have to bear it: one that gets fewer agents, lends some, is tuned, or takes over the work of another. There a level
 * from before tells what would have been; in a pool that is ill, growing harm may be that of its illness.
 */
export const harm: Guardrail = {
  name: 'harm',
  takesBack: true,
  refuse(action, { roster, recent, watch, minute, nowMs, current }) {
    const sinceMs = current?.directive.inForceMs ?? null;
    const pool = bearer(action, roster);
    if (pool === null || sinceMs === null || wasTakenBack(recent, pool, roster, nowMs)) return null;
    for (const figure of figures) {
      if (meant[action.kind]?.includes(figure)) continue;
      const least = figure === 'queued' ? WAITING_PER_SLOT * slotsOf(roster, pool) : 0;
      const beyond = minutesBeyond(watch, { figure, pool, least }, minute, minuteOf(sinceMs));
      if (beyond.length < MINUTES_BEYOND) continue;
      const most = Math.max(...beyond).toFixed(1);
      return `${figure} of pool ${pool} is ${most} standard deviations above its level, beyond the 95 % band in ${beyond.length} of the last ${MINUTES_JUDGED} minutes`;
    }
    return null;
  },
};

/** The pool that was well, and has to bear it; null where there is none. */
function bearer(action: Action, roster: Roster): string | null {
  switch (action.kind) {
    case 'failover':
      return action.params.to;
    case 'scale':
      return action.params.pooling?.from ?? (action.isDisruptive ? action.params.pool : null);
    case 'tune':
      // What an alert asks for is done in a pool that is ill: each value that is tried is judged by what it does beside the one before.
      if (action.causes.length > 0) return null;
      return action.params.pool ?? poolOf(roster.get(action.params.agent ?? ''));
    default:
      return null;
  }
}

/** Deviations of the minutes since it settled that lie beyond the band; none where the minute before it was beyond it, too. */
function minutesBeyond(
  { series }: Pick<Watch, 'series'>,
  { figure, pool, least }: { figure: SeriesKindName; pool: string; least: number },
  minute: Minute,
  since: Minute,
): number[] {
  const recent = series.get(seriesId(figure, { kind: 'pool', id: pool }))?.recent ?? [];
  if (recent.some((it) => it.minute < since && it.deviation > BAND_DEVIATIONS)) return [];
  // What was moved with the work waits there first: a queue that is worked off does no more harm.
  const [last, before] = [recent.at(-1), recent.at(-2)];
  if (figure === 'queued' && last && before && last.value < before.value) return [];
  const first = Math.max(since + SETTLING_MINUTES, minute - MINUTES_JUDGED + 1);
  return recent.flatMap((it) =>
    it.minute >= first && it.minute <= minute && it.value >= least && it.deviation > BAND_DEVIATIONS
      ? [it.deviation]
      : [],
  );
}

function wasTakenBack(recent: readonly DirectiveRecord[], pool: string, roster: Roster, nowMs: EpochMs): boolean {
  return recent.some(({ directive }) => {
    const { ended } = directive;
    return ended?.by === 'harm' && nowMs - ended.atMs < BETWEEN_MS && bearer(directive, roster) === pool;
  });
}

function slotsOf(roster: Roster, pool: string): number {
  let slots = 0;
  for (const entry of roster.values()) if (poolOf(entry) === pool) slots += entry.description?.capacity ?? 1;
  return slots;
}
