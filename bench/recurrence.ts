import { recurringIncidents } from '../lib/core/review/recurring-incidents.ts';
import { bootstrap } from './bootstrap.ts';
import { DAYS, drawChance, drawPlanted, flavours, START_MS, type World, worlds } from './recurrence/histories.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
const noises = [0, 0.5, 1, 2];
/** Incidents of the same cause, a week, up to which a fault must be recognised. */
const SOME_NOISE = 1;
/** Alerts of one cause are one incident so long. */
const SAME_MS = 3 * HOUR_MS;
const WANTED = 0.95;
const MOST_FALSE = 1;

/**
 * Whether faults that come every Monday are recognised by their third time, and how many recurrences are told where incidents come by
 * chance. Reviewed at the end of every day, more often than a review is written: what is told on any day counts.
 * @param seeds histories of each world, from `firstSeed` on
 */
export function benchRecurrence(
  { seeds, firstSeed }: { seeds: number; firstSeed: number },
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  const all = Array.from({ length: seeds }, (_, i) => firstSeed + i);
  const [found, mostFalse] = [benchDetection(all, print), benchFalse(all, print)];
  record({
    ...{ name: `recognised by the third time, up to ${SOME_NOISE} other a week`, value: 100 * found, unit: '%' },
    ...{ betterIs: 'higher', kind: 'seeded', aim: 100 * WANTED },
  });
  record({
    ...{ name: `told by chance in ${DAYS} days, in the worst world`, value: mostFalse, unit: '' },
    ...{ betterIs: 'lower', kind: 'seeded', aim: MOST_FALSE },
  });
  return found >= WANTED && mostFalse <= MOST_FALSE;
}

function benchDetection(seeds: readonly number[], print: (line: string) => void): number {
  print('a fault of every Monday, begun up to so much earlier or later, recognised by its third time:');
  const judged: boolean[] = [];
  for (const jitterMs of [HOUR_MS, 2 * HOUR_MS]) {
    for (const sameKindPerWeek of noises) {
      const found = seeds.map((seed) => {
        const world = worlds[seed % worlds.length] as World;
        return isFoundByThird(drawPlanted(world, { sameKindPerWeek, jitterMs }, seed));
      });
      if (sameKindPerWeek <= SOME_NOISE) judged.push(...found);
      print(`  ${jitterMs / HOUR_MS} h, ${sameKindPerWeek} others of its kind a week: ${shareWords(found)}`);
    }
  }
  const share = shareOf(judged);
  print(
    `${metWords(share >= WANTED)}: ${WANTED * 100} % with up to ${SOME_NOISE} other a week; ${(100 * share).toFixed(1)} %`,
  );
  return share;
}

function isFoundByThird({ alerts, kind, pool, atMs }: ReturnType<typeof drawPlanted>): boolean {
  const third = atMs[2] as number;
  // The alert is there a few minutes later.
  const found = recurringIncidents({ alerts, fromMs: START_MS, nowMs: third + HOUR_MS / 4 });
  return found.some(
    ({ calendar, scope, occurrences, ...it }) =>
      calendar.kind === 'weekly' &&
      it.kind === kind &&
      scope.pool === pool &&
      atMs.slice(0, 3).every((at) => occurrences.some((its) => Math.abs(its.atMs - at) <= SAME_MS)),
  );
}

function benchFalse(seeds: readonly number[], print: (line: string) => void): number {
  print(
    `recurrences told in ${DAYS} days of incidents that come by chance (mean; share of histories with more than one):`,
  );
  const worst: number[] = [];
  for (const flavour of flavours) {
    for (const world of worlds.filter((it) => it.flavour === flavour)) {
      const counts = seeds.map((seed) => falseIn(drawChance(world, seed)));
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      worst.push(mean);
      const more = shareOf(counts.map((count) => count > 1));
      print(
        `  ${flavour}, ${world.perDay} a day, ${world.isOnePool ? 'one pool' : 'three pools'}: ${mean.toFixed(3)}; ${(100 * more).toFixed(1)} %`,
      );
    }
  }
  const most = Math.max(...worst);
  print(
    `${metWords(most <= MOST_FALSE)}: at most ${MOST_FALSE} in ${DAYS} days in each world; ${most.toFixed(3)} in the worst`,
  );
  return most;
}

/** How many different ones are told on any day. */
function falseIn(alerts: ReturnType<typeof drawChance>): number {
  const told = new Set<string>();
  for (let day = 1; day <= DAYS; day++) {
    const nowMs = START_MS + day * DAY_MS;
    const isNew = alerts.some(({ onsetMs }) => onsetMs >= nowMs - DAY_MS && onsetMs < nowMs);
    if (!isNew) continue;
    for (const { title, calendar } of recurringIncidents({ alerts, fromMs: START_MS, nowMs })) {
      told.add(`${title} ${calendar.kind}`);
    }
  }
  return told.size;
}

function shareWords(of: readonly boolean[]): string {
  const { estimate, low, high } = bootstrap(of.length, (members) => shareOf(members.map((i) => of[i] ?? false)));
  return `${(100 * estimate).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

function shareOf(of: readonly boolean[]): number {
  return of.filter(Boolean).length / of.length;
}

function metWords(isMet: boolean): string {
  return isMet ? 'met' : 'not met';
}
