import type { AlertKind, AlertScope } from '../../lib/core/alert/alert.ts';
import type { PastAlert } from '../../lib/core/review/incident-cluster.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
/** A Monday. */
export const START_MS = Date.UTC(2026, 0, 5);
export const DAYS = 90;

/** How incidents come when nothing recurs. */
export const flavours = ['steady', 'bursts', 'working hours', 'working hours and bursts'] as const;
export type Flavour = (typeof flavours)[number];

/** Incidents a day, of all kinds and pools together. */
export const ratesPerDay = [0.2, 0.5, 1, 2] as const;

/** Kinds, and of how many incidents each is. */
const kindShares: readonly (readonly [AlertKind, number])[] = [
  ['latency_increase', 0.4],
  ['performance_degradation', 0.25],
  ['anomaly', 0.15],
  ['resource_utilization_high', 0.12],
  ['service_interruption', 0.08],
];
const poolShares: readonly (readonly [string, number])[] = [
  ['writers', 0.6],
  ['coders', 0.3],
  ['reviewers', 0.1],
];

export interface World {
  flavour: Flavour;
  perDay: number;
  /** All incidents are of one pool: fewer causes, each with more. */
  isOnePool: boolean;
}

/** 32 worlds. */
export const worlds: readonly World[] = flavours.flatMap((flavour) =>
  ratesPerDay.flatMap((perDay) => [true, false].map((isOnePool) => ({ flavour, perDay, isOnePool }))),
);

/** Ninety days of incidents that come by chance. */
export function drawChance(world: World, seed: number): PastAlert[] {
  const random = createRandom(seed, `chance ${world.flavour} ${world.perDay} ${world.isOnePool}`);
  return drawOnsets(random, world.flavour, world.perDay).flatMap((onsetMs, i) => {
    const kind = pick(random, kindShares);
    const pool = world.isOnePool ? 'writers' : pick(random, poolShares);
    // A burst is of one cause.
    return burstOf(random, world.flavour, onsetMs).map((atMs, j) => alertOf(`c${i}.${j}`, kind, { pool }, atMs));
  });
}

/** A fault of every week, among what comes by chance. */
export interface Planted {
  alerts: PastAlert[];
  kind: AlertKind;
  pool: string;
  /** When it happened, in order. */
  atMs: number[];
  jitterMs: number;
}

/**
 * @param sameKindPerWeek incidents of the same kind and pool that come by chance meanwhile
 * @param jitterMs the fault begins so much earlier or later than the hour of its day, at most
 */
export function drawPlanted(
  world: World,
  { sameKindPerWeek, jitterMs }: { sameKindPerWeek: number; jitterMs: number },
  seed: number,
): Planted {
  const random = createRandom(seed, `planted ${world.flavour} ${world.perDay} ${sameKindPerWeek} ${jitterMs}`);
  const [kind, pool] = ['bottleneck_formation', 'writers'] as const;
  // From the first to the eighth week on, at any hour of a Monday.
  const firstMs = START_MS + random.int(8) * 7 * DAY_MS + (2 + random.int(20)) * HOUR_MS;
  const atMs: number[] = [];
  for (let at = firstMs; at < START_MS + DAYS * DAY_MS; at += 7 * DAY_MS) {
    atMs.push(at + random.uniform(-jitterMs, jitterMs));
  }
  const between = drawOnsets(random, world.flavour, sameKindPerWeek / 7);
  const alerts = [
    ...drawChance(world, seed),
    ...between.map((at, i) => alertOf(`s${i}`, kind, { pool }, at)),
    ...atMs.map((at, i) => alertOf(`f${i}`, kind, { pool }, at)),
  ];
  return { alerts: alerts.sort((a, b) => a.onsetMs - b.onsetMs), kind, pool, atMs, jitterMs };
}

function drawOnsets(random: Random, flavour: Flavour, perDay: number): number[] {
  const onsets: number[] = [];
  const isBursty = flavour.endsWith('bursts');
  // Times of trouble last some days, in which incidents come five times as often: the rest of the time is quieter.
  const troubles = isBursty
    ? Array.from({ length: 5 }, () => ({ from: random.uniform(0, DAYS), days: random.uniform(1, 5) }))
    : [];
  const most = flavour.startsWith('working') ? MOST_BY_HOUR : 1;
  const peak = perDay * most * (isBursty ? 5 : 1);
  const mean = isBursty ? 1 + 4 * (troubles.reduce((sum, { days }) => sum + days, 0) / DAYS) : 1;
  for (let day = random.exponential(1 / peak); day < DAYS; day += random.exponential(1 / peak)) {
    const hourly = flavour.startsWith('working') ? byHour(day) / MOST_BY_HOUR : 1;
    const isTrouble = troubles.some(({ from, days }) => day >= from && day < from + days);
    const trouble = isBursty ? (isTrouble ? 1 : 0.2) / mean : 1;
    if (random.uniform() < hourly * trouble) onsets.push(START_MS + day * DAY_MS);
  }
  return onsets;
}

/** Relative to the mean of the week: four times as many from 8 to 18 on working days as at night, few at weekends. */
function byHour(day: number): number {
  const isWeekend = Math.floor(day) % 7 >= 5;
  const hour = (day % 1) * 24;
  if (isWeekend) return 0.4 / MEAN_BY_HOUR;
  return (hour >= 8 && hour < 18 ? 4 : 1) / MEAN_BY_HOUR;
}

const MEAN_BY_HOUR = (5 * (10 * 4 + 14) + 2 * 24 * 0.4) / 168;
const MOST_BY_HOUR = 4 / MEAN_BY_HOUR;

/** Where incidents come in bursts, a third of them bring one to four more of their kind, within hours. */
function burstOf(random: Random, flavour: Flavour, onsetMs: number): number[] {
  if (!flavour.endsWith('bursts') || random.uniform() > 1 / 3) return [onsetMs];
  const more = Array.from({ length: 1 + random.int(4) }, () => onsetMs + random.exponential(6 * HOUR_MS));
  return [onsetMs, ...more].sort((a, b) => a - b);
}

function pick<Item>(random: Random, shares: readonly (readonly [Item, number])[]): Item {
  let left = random.uniform();
  for (const [item, share] of shares) {
    left -= share;
    if (left < 0) return item;
  }
  return (shares[0] as readonly [Item, number])[0];
}

function alertOf(id: string, kind: AlertKind, scope: AlertScope, onsetMs: number): PastAlert {
  return {
    id,
    kind,
    scope,
    onsetMs,
    detectedMs: onsetMs + 120_000,
    resolvedMs: onsetMs + 1_800_000,
    title: `${kind} in pool ${scope.pool}`,
  };
}
