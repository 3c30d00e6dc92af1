import { normalTail } from '../detect/normal-tail.ts';
import type { ChangeEvent } from '../model/event.ts';
import { MINUTE_MS } from '../model/time.ts';
import { type Cause, type CauseCell, type CauseDimension, type CauseInput, causeDimensions } from './cause-input.ts';
import { errorChanges } from './error-changes.ts';
import { type CellExcess, excessOfCells } from './excess.ts';
import { type PartChange, partChanges } from './part-layers.ts';
import { type Scanned, scan } from './scan-statistic.ts';

/** What explains at least so much, with the rest about normal, is a cause; what explains less is listed after. */
const LEAST_SHARE = 2 / 3;
const FEWEST_TASKS = 20;
/** Smaller likelihood ratios are chance for sure. */
const LEAST_LOG_LIKELIHOOD = 4;
/** Changes up to an hour before the onset may be its cause; onsets are known to two minutes. */
const CHANGE_MS = 60 * MINUTE_MS;
const ONSET_SLACK_MS = 2 * MINUTE_MS;
/** Two sets of cells that are about as likely are the same one under two names. */
const SAME = 0.95;
const MOST_CAUSES = 10;

/** That of all cells; or that of the likeliest set, where others happened to do so well that it hardly shows in the sum. */
function excessToExplain(cells: readonly CellExcess[], sets: readonly CellSet[], measure: 'bad' | 'time'): number {
  const all = cells.reduce((sum, cell) => sum + cell.excess, 0);
  let [likeliest, own] = [LEAST_LOG_LIKELIHOOD, 0];
  for (const set of sets) {
    // Against 1, a share is the excess itself.
    const { logLikelihood, share } = scan(set.cells, measure, 1);
    if (logLikelihood < likeliest) continue;
    likeliest = logLikelihood;
    own = share;
  }
  return Math.max(all, own);
}

interface Candidate extends Cause {
  logLikelihood: number;
}

/**
 * What got worse, where: values of dimensions by how much of the excess over the baseline they explain, the likeliest
 * cause first.
 *
 * 1. Each cell (agent, task type) is compared with its own past, so that a shifted mix of work explains nothing.
 * 2. Sets of cells (a pool, an agent, a task type, a version, what a change touched) are compared by the scan statistic: it
 *    prefers a pool to its agents when all of them are bad, and the agent to its pool when only that one is.
 * 3. Of sets that are about as likely, a change goes before the version it brought, and both before the place where they are
 *    in force: they say why and not only where.
 * 4. A tool or model that explains the excess and got worse for most of its callers goes before each of these callers.
 *
 * @returns nothing where nothing is in excess; at most 10
 * @see Bhagwan et al.: Adtributor, NSDI 2014; Li et al.: Squeeze, ISSRE 2019, for the explanatory power of attributes
 */
export function rankCauses(input: CauseInput): Cause[] {
  const { measure } = input;
  const cells = excessOfCells(input);
  const sets = setsOf(input, cells);
  const excess = excessToExplain(cells, sets, measure);
  if (!(excess > 0)) return [];
  const parts = partChanges(input.now, input.before, measure);
  const tests = sets.length + parts.length;
  const places = sets.flatMap(({ dimension, id, cells: own, about }): Candidate | [] => {
    const scanned = scan(own, measure, excess);
    if (scanned.tasks < FEWEST_TASKS || scanned.logLikelihood < LEAST_LOG_LIKELIHOOD) return [];
    const p = Math.min(1, tests * normalTail(Math.sqrt(2 * scanned.logLikelihood)));
    const words = wordsOf(dimension, id, scanned, measure, about);
    return { dimension, id, p, words, share: scanned.share, n: scanned.tasks, logLikelihood: scanned.logLikelihood };
  });
  const causes = [...places, ...partCauses(parts, measure, excess), ...errorCauses(input, excess)];
  const most = places.reduce((largest, { logLikelihood }) => Math.max(largest, logLikelihood), 0);
  const carriers = carriersOf(sets, places, most);
  const tier = (cause: Candidate) => tierOf(cause, { most, parts, carriers });
  return causes
    .toSorted(
      (a, b) =>
        tier(a) - tier(b) ||
        (isPlace(a) && isPlace(b) ? b.logLikelihood - a.logLikelihood : 0) ||
        b.share - a.share ||
        order(a) - order(b) ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, MOST_CAUSES)
    .map(({ logLikelihood: _, ...cause }) => cause);
}

const why: readonly CauseDimension[] = ['change', 'version'];
const where: readonly CauseDimension[] = ['pool', 'taskType', 'agent'];

function isPlace({ dimension }: Candidate): boolean {
  return why.includes(dimension) || where.includes(dimension);
}

function order({ dimension }: Candidate): number {
  return causeDimensions.indexOf(dimension);
}

interface Ranked {
  most: number;
  parts: readonly PartChange[];
  carriers: ReadonlySet<string> | null;
}

/** 0 goes first; within a tier the likelier or the larger share does. */
function tierOf(cause: Candidate, { most, parts, carriers }: Ranked): number {
  if (cause.share < LEAST_SHARE) return 6;
  const isLikeliest = cause.logLikelihood >= SAME * most;
  switch (cause.dimension) {
    case 'change':
      return isLikeliest ? 0 : 5;
    case 'version':
      return isLikeliest ? 1 : 5;
    case 'tool':
    case 'model': {
      const change = parts.find(({ kind, name }) => kind === cause.dimension && name === cause.id);
      // For who has the change and for nobody else: then the change is why.
      const isSpread = change !== undefined && isWorseForMost(change);
      if (!isSpread) return 5;
      const isOfCarriers = carriers !== null && change.worseFor.every((agent) => carriers.has(agent));
      return isOfCarriers ? 2 : -1;
    }
    case 'errorType':
      return 4;
    default:
      return 3;
  }
}

function isWorseForMost({ callers, worseFor }: PartChange): boolean {
  return callers.length >= 2 && worseFor.length >= LEAST_SHARE * callers.length;
}

interface CellSet {
  dimension: CauseDimension;
  id: string;
  cells: CellExcess[];
  about?: string;
}

/** Agents that have the change or version that is the likeliest cause; null without one. */
function carriersOf(sets: readonly CellSet[], places: readonly Candidate[], most: number): Set<string> | null {
  const likeliest = places.filter(
    ({ dimension, logLikelihood, share }) =>
      why.includes(dimension) && share >= LEAST_SHARE && logLikelihood >= SAME * most,
  );
  const agents = likeliest.flatMap(({ dimension, id }) => {
    const set = sets.find((it) => it.dimension === dimension && it.id === id);
    return set ? set.cells.map(({ cell }) => cell.agent) : [];
  });
  return agents.length === 0 ? null : new Set(agents);
}

function setsOf({ before, changes, onsetMs }: CauseInput, cells: readonly CellExcess[]): CellSet[] {
  const sets: CellSet[] = [];
  for (const dimension of ['pool', 'taskType', 'agent'] as const) {
    for (const [id, own] of Map.groupBy(cells, ({ cell }) => cell[dimension])) {
      if (id !== '') sets.push({ dimension, id, cells: own });
    }
  }
  const versionsBefore = new Map<string, number>();
  for (const { version, tasks } of before.cells) {
    if (version !== null) versionsBefore.set(version, (versionsBefore.get(version) ?? 0) + tasks);
  }
  const tasksBefore = tasksOf(before.cells);
  const tasksNow = tasksOf(cells.map(({ cell }) => cell));
  for (const [version, own] of Map.groupBy(cells, ({ cell }) => cell.version)) {
    if (version === null) continue;
    const share = tasksOf(own.map(({ cell }) => cell)) / Math.max(1, tasksNow);
    // A version that was as common before has not changed anything.
    if ((versionsBefore.get(version) ?? 0) / Math.max(1, tasksBefore) > share / 2) continue;
    sets.push({ dimension: 'version', id: version, cells: own });
  }
  for (const { id, event } of changes) {
    if (event.atMs > onsetMs + ONSET_SLACK_MS || event.atMs < onsetMs - CHANGE_MS) continue;
    const own = cells.filter(({ cell }) => isTouched(cell, event));
    const had = before.cells.filter((cell) => event.version !== undefined && cell.version === event.version);
    const shareBefore = tasksOf(had.filter((cell) => isTouched(cell, event))) / Math.max(1, tasksBefore);
    const share = tasksOf(own.map(({ cell }) => cell)) / Math.max(1, tasksNow);
    // What was in force for most of the time in which all was as usual is not why it no longer is.
    if (shareBefore > share / 2) continue;
    if (own.length > 0) sets.push({ dimension: 'change', id, cells: own, about: aboutChange(event, onsetMs) });
  }
  return sets;
}

function tasksOf(cells: readonly CauseCell[]): number {
  return cells.reduce((sum, { tasks }) => sum + tasks, 0);
}

function isTouched({ pool, agent, version }: CauseCell, change: ChangeEvent): boolean {
  return (
    (change.pool === undefined || change.pool === pool) &&
    (change.agent === undefined || change.agent === agent) &&
    (change.version === undefined || version === null || change.version === version)
  );
}

function aboutChange({ kind, pool, agent, version, atMs }: ChangeEvent, onsetMs: number): string {
  const of = agent ?? (pool === undefined ? 'all' : `pool ${pool}`);
  const minutes = Math.round((onsetMs - atMs) / MINUTE_MS);
  return `${kind}${version === undefined ? '' : ` of ${version}`} to ${of}, ${minutes} min before the onset`;
}

function partCauses(parts: readonly PartChange[], measure: 'bad' | 'time', excess: number): Candidate[] {
  return parts.flatMap((part): Candidate | [] => {
    const { kind, name, calls, callers, worseFor } = part;
    const share = part.excess / excess;
    if (kind === 'wait' || calls < FEWEST_TASKS || share < 0.1) return [];
    const how = measure === 'bad' ? 'calls fail more often' : 'calls take longer';
    const words = `${kind} ${name}: ${how} for ${worseFor.length} of ${callers.length} callers; ${percent(share)} of the excess`;
    return { dimension: kind, id: name, share, n: calls, p: null, words, logLikelihood: 0 };
  });
}

function errorCauses({ measure, now, before }: CauseInput, excess: number): Candidate[] {
  if (measure === 'time') return [];
  return errorChanges(now, before).map(({ signature, state, n, expected, agents, p }) => {
    const share = (n - expected) / excess;
    const words = `${signature}: ${state}, ${n} where ${expected.toFixed(1)} were to be expected, of ${agents} agents; ${percent(share)} of the excess`;
    return { dimension: 'errorType', id: signature, share, n, p, words, logLikelihood: 0 };
  });
}

function wordsOf(
  dimension: CauseDimension,
  id: string,
  { share, tasks, seen, expected }: Scanned,
  measure: 'bad' | 'time',
  about: string | undefined,
): string {
  const what =
    measure === 'bad'
      ? `${seen} of ${tasks} tasks ended badly where ${expected.toFixed(1)} were to be expected`
      : `tasks take ${percent(Math.exp(seen / expected) - 1)} longer than before (n ${tasks})`;
  return `${about ?? `${dimension} ${id}`}: ${what}; ${percent(share)} of the excess`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
