import { type ErrorMemory, noErrors, type SeenError } from '../../core/detect/error-memory.ts';
import type { HotMinutes } from '../../core/detect/hot-minutes.ts';
import type { ShareRing } from '../../core/detect/share-ring.ts';
import type { SeriesMemory, Watch } from '../../core/detect/watch.ts';
import { type AgentCourse, type CourseReading, MOST_SLOW_PERCENT } from '../../core/predict/agent-course.ts';
import { agentPrior } from '../../core/predict/agent-prior.ts';
import { agentSigns, declineSigns } from '../../core/predict/agent-signs.ts';
import { declinePrior } from '../../core/predict/decline-prior.ts';
import { type Foresight, noForesight } from '../../core/predict/foresight.ts';
import type { Hazard } from '../../core/predict/hazard.ts';
import { poolPrior } from '../../core/predict/pool-prior.ts';
import { poolSigns } from '../../core/predict/pool-signs.ts';
import { type StoredTally, storedTally, tallyFromStored } from '../../core/slo/budget-tally.ts';
import type { WatchStore } from '../../ports/watch-store.ts';
import type { ItemTable } from './item-table.ts';
import { readGeneration, saveGeneration } from './packed-generation.ts';
import { packGroups } from './packed-groups.ts';
import { type Pack, packJson } from './packed-json.ts';

const SERIES_PER_ITEM = 400;
const BUDGETS_PER_ITEM = 60;
const AGENTS_PER_ITEM = 4_000;
const POOLS_PER_ITEM = 300;
const VOLUMES_PER_ITEM = 60;
const ERRORS_PER_ITEM = 500;
const COURSES_PER_ITEM = 1_000;

interface PackedWatch {
  series: [string, SeriesMemory][];
  budgets: [string, { counts: string; tally: StoredTally }][];
  /** Absent in what was written before there were any. */
  hot?: [string, HotMinutes][];
}

interface PackedRings {
  /** Agent, slot of the newest reading, readings: two digits of base 36 each, '--' for none. */
  rings: [string, number, string][];
}

interface PackedPools {
  /** Pool, its ring as of agents. */
  rings: [string, number, string][];
  /** Pool, newest hour, tenths of a slot in base 36, nothing for an hour of which nothing is known. */
  peaks: [string, number, string][];
}

interface PackedVolumes {
  /** Pool, newest quarter of an hour, tenths of a task a minute as above. */
  volumes: [string, number, string][];
}

interface PackedCourses {
  /** Agent, slot of the newest reading, readings: six figures of two digits of base 36 each, '------------' for none. */
  courses: [string, number, string][];
}

interface PackedForesight {
  /** What the coefficients are of: figures of other signs tell nothing. */
  signs: string;
  slot: number;
  agents: Hazard;
  declines: Hazard;
  pools: Hazard;
  brokeAgents: [string, number][];
  declinedAgents: [string, number][];
  brokePools: [string, number][];
}

interface PackedErrors extends Omit<ErrorMemory, 'seen'> {
  seen: [string, SeenError][];
}

/**
 * What detection remembers, in the Rollups table: an item for some hundred series.
 * @param pack of what every minute changes
 */
export function dynamoWatchStore(table: ItemTable, pack: Pack = packJson): WatchStore {
  return {
    async read(system) {
      const [groups, rings, pools, volumes, errors, courses, foresight] = await Promise.all([
        readGeneration<PackedWatch>(table, keyOf(system)),
        readGeneration<PackedRings>(table, ringsKeyOf(system)),
        readGeneration<PackedPools>(table, poolsKeyOf(system)),
        readGeneration<PackedVolumes>(table, volumesKeyOf(system)),
        readGeneration<PackedErrors>(table, errorsKeyOf(system)),
        readGeneration<PackedCourses>(table, coursesKeyOf(system)),
        readGeneration<PackedForesight>(table, foresightKeyOf(system)),
      ]);
      return {
        series: new Map(groups.flatMap(({ series }) => series)),
        budgets: new Map(
          groups.flatMap(({ budgets }) =>
            budgets.map(([name, { counts, tally }]) => [name, { counts, tally: tallyFromStored(tally) }]),
          ),
        ),
        memory: new Map(rings.flatMap((some) => some.rings.map(readRing))),
        hot: new Map(groups.flatMap(({ hot = [] }) => hot)),
        inUse: new Map(pools.flatMap((some) => some.rings.map(readRing))),
        peaks: new Map(
          pools.flatMap(({ peaks }) => peaks.map(([pool, hour, text]) => [pool, { hour, slots: readTenths(text) }])),
        ),
        volumes: new Map(
          volumes.flatMap((some) =>
            some.volumes.map(([pool, quarter, text]) => [pool, { quarter, perMinute: readTenths(text) }]),
          ),
        ),
        courses: new Map(courses.flatMap((some) => some.courses.map(readCourse))),
        foresight: readForesight(foresight[0]),
        errors: errors[0] ? { ...errors[0], seen: new Map(errors.flatMap(({ seen }) => seen)) } : noErrors,
      };
    },

    async save(system, { series, budgets, memory, hot, inUse, peaks, volumes, errors, ...more }, fence, before) {
      if (memory !== before?.memory && !(await saveRings(table, system, memory, fence))) return false;
      const isOfPoolsSame = inUse === before?.inUse && peaks === before?.peaks;
      if (!isOfPoolsSame && !(await savePools(table, system, { inUse, peaks }, fence))) return false;
      if (volumes !== before?.volumes && !(await saveVolumes(table, system, volumes, fence))) return false;
      if (errors !== before?.errors && !(await saveErrors(table, system, errors, fence))) return false;
      const { courses, foresight } = more;
      if (foresight !== before?.foresight && !(await saveForesight(table, system, foresight, fence))) return false;
      if (courses !== before?.courses && !(await saveCourses(table, system, courses, fence))) return false;
      const groups = packGroups(
        [...series],
        ([id]) => id,
        SERIES_PER_ITEM,
        (some): PackedWatch => ({ series: some, budgets: [] }),
        pack,
      );
      const tallies = packGroups(
        [...budgets],
        ([name]) => name,
        BUDGETS_PER_ITEM,
        (some): PackedWatch => ({
          series: [],
          budgets: some.map(([name, { counts, tally }]) => [name, { counts, tally: storedTally(tally) }]),
        }),
        pack,
      );
      const hotAgents = packGroups(
        [...hot],
        ([agent]) => agent,
        AGENTS_PER_ITEM,
        (some): PackedWatch => ({ series: [], budgets: [], hot: some }),
        pack,
      );
      const filled = [
        ...(series.size > 0 ? groups : []),
        ...(budgets.size > 0 ? tallies : []),
        ...(hot.size > 0 ? hotAgents : []),
      ];
      return saveGeneration(table, keyOf(system), filled, fence);
    },
  };
}

/** Apart from the rest, because they change every five minutes only. */
function saveRings(table: ItemTable, system: string, memory: Watch['memory'], fence: number): Promise<boolean> {
  const groups = packGroups(
    [...memory],
    ([agent]) => agent,
    AGENTS_PER_ITEM,
    (some): PackedRings => ({ rings: some.map(packRing) }),
  );
  return saveGeneration(table, ringsKeyOf(system), memory.size === 0 ? [] : groups, fence);
}

/** Apart as well. */
function savePools(
  table: ItemTable,
  system: string,
  { inUse, peaks }: Pick<Watch, 'inUse' | 'peaks'>,
  fence: number,
): Promise<boolean> {
  const pools = [...new Set([...inUse.keys(), ...peaks.keys()])];
  const groups = packGroups(
    pools,
    (pool) => pool,
    POOLS_PER_ITEM,
    (some): PackedPools => ({
      rings: some.flatMap((pool) => {
        const ring = inUse.get(pool);
        return ring ? [packRing([pool, ring])] : [];
      }),
      peaks: some.flatMap((pool): PackedPools['peaks'] => {
        const its = peaks.get(pool);
        return its ? [[pool, its.hour, tenthsText(its.slots)]] : [];
      }),
    }),
  );
  return saveGeneration(table, poolsKeyOf(system), pools.length === 0 ? [] : groups, fence);
}

/** Apart as well: they change every fifteen minutes only. */
function saveVolumes(table: ItemTable, system: string, volumes: Watch['volumes'], fence: number): Promise<boolean> {
  const groups = packGroups(
    [...volumes],
    ([pool]) => pool,
    VOLUMES_PER_ITEM,
    (some): PackedVolumes => ({
      volumes: some.map(([pool, { quarter, perMinute }]) => [pool, quarter, tenthsText(perMinute)]),
    }),
  );
  return saveGeneration(table, volumesKeyOf(system), volumes.size === 0 ? [] : groups, fence);
}

function packRing([subject, { slot, permille }]: [string, ShareRing]): [string, number, string] {
  return [subject, slot, ringText(permille)];
}

function readRing([subject, slot, text]: [string, number, string]): [string, ShareRing] {
  return [subject, { slot, permille: permilleIn(text) }];
}

function tenthsText(values: readonly (number | null)[]): string {
  return values.map((it) => (it === null ? '' : Math.round(10 * it).toString(36))).join(',');
}

function readTenths(text: string): (number | null)[] {
  return text.split(',').map((digits) => (digits === '' ? null : Number.parseInt(digits, 36) / 10));
}

/** Apart as well: most minutes have no error that is worth a note. */
function saveErrors(table: ItemTable, system: string, { seen, ...rest }: ErrorMemory, fence: number): Promise<boolean> {
  const groups = packGroups(
    [...seen],
    ([signature]) => signature,
    ERRORS_PER_ITEM,
    (some): PackedErrors => ({ ...rest, seen: some }),
  );
  return saveGeneration(table, errorsKeyOf(system), rest.learned === 0 && seen.size === 0 ? [] : groups, fence);
}

/** Apart as well: they change every five minutes only. */
function saveCourses(table: ItemTable, system: string, courses: Watch['courses'], fence: number): Promise<boolean> {
  const groups = packGroups(
    [...courses],
    ([agent]) => agent,
    COURSES_PER_ITEM,
    (some): PackedCourses => ({
      courses: some.map(([agent, { slot, readings }]) => [agent, slot, readings.map(readingText).join('')]),
    }),
  );
  return saveGeneration(table, coursesKeyOf(system), courses.size === 0 ? [] : groups, fence);
}

function saveForesight(table: ItemTable, system: string, foresight: Foresight, fence: number): Promise<boolean> {
  const { slot, agents, declines, pools, brokeAgents, declinedAgents, brokePools } = foresight;
  const packed: PackedForesight = {
    ...{ signs: SIGNS, slot, agents, declines, pools },
    ...{ brokeAgents: [...brokeAgents], declinedAgents: [...declinedAgents], brokePools: [...brokePools] },
  };
  const groups = packGroups(
    [packed],
    () => 'foresight',
    1,
    ([only]) => only,
  );
  return saveGeneration(table, foresightKeyOf(system), slot === 0 ? [] : groups, fence);
}

function readForesight(packed: PackedForesight | undefined): Foresight {
  if (packed?.signs !== SIGNS) return noForesight;
  const { slot, agents, declines, pools, brokeAgents, declinedAgents, brokePools } = packed;
  return {
    ...{ slot, agents, declines, pools },
    ...{ brokeAgents: new Map(brokeAgents), declinedAgents: new Map(declinedAgents), brokePools: new Map(brokePools) },
  };
}

/** With the prior: what was learned is counted from it. */
const SIGNS = [
  ...[...agentSigns, ...agentPrior.weighted],
  ...[...declineSigns, ...declinePrior.weighted],
  ...[...poolSigns, ...poolPrior.weighted],
].join(' ');

function readingText(reading: CourseReading | null): string {
  if (!reading) return NO_READING;
  const { ended, failed, peersFailedPermille, slowPercent, slowErrorPercent, beatLateTenths } = reading;
  return [ended, failed, peersFailedPermille, slowPercent + MOST_SLOW_PERCENT, slowErrorPercent, beatLateTenths]
    .map((it) => it.toString(36).padStart(2, '0'))
    .join('');
}

function readCourse([agent, slot, text]: [string, number, string]): [string, AgentCourse] {
  const readings = (text.match(/.{12}/g) ?? []).map((digits): CourseReading | null => {
    if (digits === NO_READING) return null;
    const figures = (digits.match(/../g) ?? []).map((two) => Number.parseInt(two, 36));
    const [ended = 0, failed = 0, peersFailedPermille = 0, slow = 0, slowErrorPercent = 0, beatLateTenths = 0] =
      figures;
    return {
      ended,
      failed,
      peersFailedPermille,
      slowPercent: slow - MOST_SLOW_PERCENT,
      slowErrorPercent,
      beatLateTenths,
    };
  });
  return [agent, { slot, readings }];
}

const NO_READING = '-'.repeat(12);

function ringText(permille: ShareRing['permille']): string {
  return permille.map((it) => (it === null ? '--' : it.toString(36).padStart(2, '0'))).join('');
}

function permilleIn(text: string): ShareRing['permille'] {
  return (text.match(/../g) ?? []).map((digits) => (digits === '--' ? null : Number.parseInt(digits, 36)));
}

function ringsKeyOf(system: string): string {
  return `WATCH#${system}#MEMORY`;
}

function poolsKeyOf(system: string): string {
  return `WATCH#${system}#POOLS`;
}

function volumesKeyOf(system: string): string {
  return `WATCH#${system}#VOLUMES`;
}

function errorsKeyOf(system: string): string {
  return `WATCH#${system}#ERRORS`;
}

function foresightKeyOf(system: string): string {
  return `WATCH#${system}#FORESIGHT`;
}

function coursesKeyOf(system: string): string {
  return `WATCH#${system}#COURSES`;
}

function keyOf(system: string): string {
  return `WATCH#${system}`;
}
