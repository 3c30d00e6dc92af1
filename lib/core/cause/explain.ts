import type { AlertScope, LikelyCause } from '../alert/alert.ts';
import { duration } from '../detect/part-excess.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { EpochMs } from '../model/time.ts';
import type { Cause, CauseInput, CauseMeasure, CauseWindow } from './cause-input.ts';
import { type Layer, layersOf } from './part-layers.ts';
import { rankCauses } from './rank-causes.ts';

/** What is likely behind an alert. */
export interface Explanation {
  /** Most likely first. */
  causes: LikelyCause[];
  /** Where the extra time of a task lies, in words. */
  layer?: string;
}

/** What is to be explained. */
export interface Explained extends Omit<CauseInput, 'measure'> {
  /** Of the alert: only what happened to this subject is looked at, and the subject itself explains nothing. */
  scope: AlertScope;
  /** What may have got worse: the first for which there is a cause counts. */
  measures: readonly CauseMeasure[];
  /** When the time before begins: a change that is older was in force in all of it. */
  beforeMs: EpochMs;
}

const MOST_CAUSES = 3;
/** A tool, a model or an error that explains less helps nobody; of a place the others explain as much in proportion. */
const LEAST_SHARE = { place: 2 / 3, other: 1 / 3 };
/** Fewer tasks in either window tell nothing. */
const FEWEST_TASKS = 20;

/** A roll-out may report each of thousands of agents: those of pools first, then the newest. */
const MOST_CHANGES = 200;

/** @returns nothing where too little is known of the time before, or nothing stands out */
export function explain({ scope, measures, beforeMs, now: all, before: allBefore, ...input }: Explained): Explanation {
  const [now, before] = [within(all, scope), within(allBefore, scope)];
  const changes = input.changes
    .filter(({ event }) => event.atMs >= beforeMs)
    .toSorted((a, b) => Number(isOfAgent(a)) - Number(isOfAgent(b)) || b.event.atMs - a.event.atMs)
    .slice(0, MOST_CHANGES);
  if (tasksOf(now) < FEWEST_TASKS || tasksOf(before) < FEWEST_TASKS) return { causes: [] };
  for (const measure of measures) {
    const ranked = rankCauses({ ...input, changes, now, before, measure });
    const causes = told(ranked, scope, tasksOf(now));
    const layer = measure === 'time' ? layerInWords(now, before) : undefined;
    if (causes.length > 0 || layer !== undefined) return { causes, ...(layer === undefined ? {} : { layer }) };
  }
  return { causes: [] };
}

/** What somebody learns from: not the subject itself under another name; of failures also with which error they end. */
function told(ranked: readonly Cause[], scope: AlertScope, tasks: number): LikelyCause[] {
  const isMuch = ({ dimension, share }: Cause) =>
    share >= (['tool', 'model', 'errorType'].includes(dimension) ? LEAST_SHARE.other : LEAST_SHARE.place);
  const telling = ranked.filter((cause) => isMuch(cause) && !isSubject(cause, scope, tasks));
  const others = telling.filter(({ dimension }) => dimension !== 'errorType');
  const error = telling.filter(({ dimension }) => dimension === 'errorType').slice(0, 1);
  return [...others.slice(0, MOST_CAUSES - error.length), ...error].map(({ dimension, id, share, words }) => ({
    ...{ dimension, id, words },
    share: Math.min(1, share),
  }));
}

function isSubject(
  { dimension, id, n }: Cause,
  { pool, taskType, version, agent }: AlertScope,
  tasks: number,
): boolean {
  switch (dimension) {
    case 'pool':
      return id === pool || n === tasks;
    case 'taskType':
      return id === taskType || n === tasks;
    case 'agent':
      return id === agent || n === tasks;
    case 'version':
      return id === version;
    default:
      return false;
  }
}

function isOfAgent({ event }: FleetChange): boolean {
  return event.agent !== undefined;
}

function within({ minutes, cells, parts, errors }: CauseWindow, { pool, agent, taskType }: AlertScope): CauseWindow {
  const isOf = (it: { pool: string; agent: string }) =>
    (pool === undefined || it.pool === pool) && (agent === undefined || it.agent === agent);
  const isOfType = (it: { taskType: string }) => taskType === undefined || it.taskType === taskType;
  const own = cells.filter((cell) => isOf(cell) && isOfType(cell));
  // What a call was for is not known: those of the agents that do such tasks.
  const agents = taskType === undefined ? null : new Set(own.map((cell) => cell.agent));
  return {
    minutes,
    cells: own,
    parts: parts.filter((part) => isOf(part) && (agents === null || agents.has(part.agent))),
    errors: errors.filter((error) => isOf(error) && isOfType(error)),
  };
}

function tasksOf({ cells }: CauseWindow): number {
  return cells.reduce((sum, { tasks }) => sum + tasks, 0);
}

const inWords: Record<Layer['layer'], string> = {
  ...{ tool: 'the tool layer', model: 'the model layer', wait: 'waiting', rest: "the agents' own work" },
};

/** @returns undefined where tasks take no longer, or where nobody tells what they are made of */
function layerInWords(now: CauseWindow, before: CauseWindow): string | undefined {
  if (now.parts.length === 0 && before.parts.length === 0) return undefined;
  const layers = layersOf(now, before);
  const [most] = layers.toSorted((a, b) => b.deltaUs - a.deltaUs);
  const wholeUs = layers.reduce((sum, { deltaUs }) => sum + deltaUs, 0);
  if (!most || wholeUs <= 0) return undefined;
  return `${inWords[most.layer]}: +${duration(most.deltaUs / 1_000)} of +${duration(wholeUs / 1_000)} a task`;
}
