import { poolMinutes } from '../core/effect/pool-minute.ts';
import { untouchedPools } from '../core/effect/untouched-pools.ts';
import type { HistoryPoint } from '../core/kpi/history-point.ts';
import { POINTS_LOOKBACK_MINUTES, poolMinutePoints } from '../core/kpi/minute-points.ts';
import { chunkKey, type RollupChunk } from '../core/kpi/rollup-chunk.ts';
import { type Forgotten, withDeparted } from '../core/model/forgotten-agent.ts';
import { poolOf, type Roster } from '../core/model/roster.ts';
import type { Minute } from '../core/model/time.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { type MeasuredHistory, type Measurement, measurementDue } from '../core/remediate/measure-directives.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

/** Pools that one may be compared with; those that go along with it best are taken. */
const MOST_PEERS_READ = 12;

export interface MeasuredDeps {
  rollups: Pick<RollupStore, 'read'>;
  metrics: Pick<MetricStore, 'read'>;
}

/** What measurements that are due need, as stored. */
export interface Measured {
  /** The directives that are measured. */
  ids: ReadonlySet<string>;
  /** Minutes whose agents are told apart, and those that are not summed up yet. */
  chunks: readonly RollupChunk[];
  /** By pool, through the minute before `summedTo`. */
  points: ReadonlyMap<string, readonly HistoryPoint[]>;
  summedTo: Minute;
  through: Minute;
}

/**
 * What measurements of one run have in common is read once.
 * @param summedTo the first minute that history does not have yet
 * @returns null where none is due
 */
export async function readMeasured(
  { rollups, metrics }: MeasuredDeps,
  system: string,
  { through, summedTo, roster }: { through: Minute; summedTo: Minute; roster: Roster },
  records: readonly DirectiveRecord[],
): Promise<Measured | null> {
  const due = records
    .flatMap((record) => measurementDue(record, through, records) ?? [])
    .filter(({ mixed }) => mixed === null);
  if (due.length === 0) return null;
  const first = Math.min(...due.map(({ agentsFrom }) => agentsFrom ?? summedTo), summedTo - POINTS_LOOKBACK_MINUTES);
  const last = Math.max(...due.map((it) => it.through));
  const from = Math.min(...due.map((it) => it.from));
  const pools = new Set(due.flatMap((it) => [it.pool, ...untouchedPools(roster, it.touched, MOST_PEERS_READ)]));
  const points = [...pools].map(
    async (pool) => [pool, await metrics.read(system, `pool:${pool}`, 'minute', from, summedTo)] as const,
  );
  return {
    ids: new Set(due.map(({ id }) => id)),
    ...{ chunks: await rollups.read(system, first, last), points: new Map(await Promise.all(points)) },
    ...{ summedTo, through: last },
  };
}

/** Puts what is stored together with what was just computed. */
export class MeasuredHistories {
  readonly #measured: Measured | null;
  readonly #chunks: RollupChunk[];
  readonly #entries: Roster;
  #recent: Map<string, HistoryPoint[]> | null = null;

  /** @param computed chunks that are newer than those that were read */
  constructor(
    measured: Measured | null,
    computed: readonly RollupChunk[],
    { roster, forgotten }: { roster: Roster; forgotten: Forgotten },
  ) {
    this.#measured = measured;
    // In most minutes nothing falls due.
    const chunks = measured ? [...measured.chunks, ...computed] : [];
    this.#chunks = [...new Map(chunks.map((chunk) => [chunkKey(chunk), chunk] as const)).values()];
    this.#entries = measured ? withDeparted(roster, forgotten) : roster;
  }

  /** @returns null where it was not read */
  readonly of = ({ id, pool, from, agentsFrom, through, touched }: Measurement): MeasuredHistory | null => {
    if (!this.#measured?.ids.has(id)) return null;
    const isOf = ({ at }: HistoryPoint) => at >= from && at <= through;
    const points = new Map([...this.#points()].map(([name, its]) => [name, its.filter(isOf)]));
    const isPeer = ([name]: [string, HistoryPoint[]]) => name !== pool && !touched.has(name);
    return {
      agents: agentsFrom === null ? [] : this.#agentMinutes(pool, agentsFrom, through),
      pool: { own: points.get(pool) ?? [], peers: new Map([...points].filter(isPeer)) },
    };
  };

  #points(): Map<string, HistoryPoint[]> {
    if (this.#recent) return this.#recent;
    const { points, summedTo, through } = this.#measured as Measured;
    const span = { from: summedTo, to: through + 1 };
    const newest = poolMinutePoints(this.#chunks, span, this.#entries, new Set(points.keys()));
    this.#recent = new Map([...points].map(([pool, its]) => [pool, [...its, ...(newest.get(pool) ?? [])]]));
    return this.#recent;
  }

  #agentMinutes(pool: string, from: Minute, through: Minute) {
    const chunks = this.#chunks.filter(({ minute }) => minute >= from && minute <= through);
    return poolMinutes(chunks, pool, {
      poolOf: (agent) => poolOf(this.#entries.get(agent)),
      slotsOf: (agent) => this.#entries.get(agent)?.description?.capacity ?? null,
    });
  }
}
