import { agentEfficiency, type Efficiency, type Estimate } from '../lib/core/efficiency/agent-efficiency.ts';
import { bootstrap } from './bootstrap.ts';
import { drawnFleet, type Fleet, type MeasureName, simulatedFleet } from './efficiency/fleets.ts';
import { type EndedTask, type PlainMean, plainMeans, TaskLog } from './efficiency/task-log.ts';
import { median } from './median.ts';

/** Minutes of work that estimates are made from. */
const LENGTHS = [60, 240, 1_440];
/** Cells with fewer later tasks are no measure. */
const MIN_LATER = 100;
const WANTED = 0.2;

const measures = {
  serviceMs: { label: 'service time', estimate: ({ serviceMs }: Efficiency) => serviceMs, isRelative: true },
  success: { label: 'success', estimate: ({ successRatio }: Efficiency) => successRatio, isRelative: false },
  quality: { label: 'quality', estimate: ({ quality }: Efficiency) => quality, isRelative: false },
  costUsd: { label: 'cost', estimate: ({ costUsd }: Efficiency) => costUsd, isRelative: true },
} satisfies Record<MeasureName, { label: string; estimate(of: Efficiency): Estimate | null; isRelative: boolean }>;
const names = Object.keys(measures) as MeasureName[];

/** One agent at one type: what was estimated in three ways, and what came later. */
interface Compared {
  raw: number;
  type: number;
  model: Estimate;
  later: PlainMean;
  truth: number | null;
}

/**
 * Whether partial pooling tells better than raw means how agents will do. Held-out error: over pairs of agent and task type with at
 * least one task in the first time, the root mean square of estimate − mean of a long later time (at least 100 tasks),
 * for service time and cost of the logarithm of their quotient. Beside the raw mean of the pair and the mean of its type over the pool.
 * @returns whether each measure's error is at least 20 % below that of raw means, over all lengths
 */
export function benchEfficiency(fleets: number, print: (line: string) => void): boolean {
  let isMet = true;
  for (const [kind, make] of [
    ['drawn', drawnFleet],
    ['simulated', simulatedFleet],
  ] as const) {
    const byFleet = Array.from({ length: fleets }, (_, i) => compareFleet(make(i + 1)));
    print(`${kind} fleets: ${fleets}`);
    for (const name of names) {
      for (const minutes of LENGTHS) {
        report(
          `${measures[name].label}, ${minutes} min`,
          byFleet.map((of) => of.get(`${name}/${minutes}`) ?? []),
          name,
          print,
        );
      }
      const all = byFleet.map((of) => LENGTHS.flatMap((minutes) => of.get(`${name}/${minutes}`) ?? []));
      const low = report(`${measures[name].label}, all`, all, name, print);
      const isWithin = low >= WANTED;
      isMet &&= isWithin;
      print(
        `  ${measures[name].label}: at least 20 % below raw means, lower end of the interval: ${isWithin ? 'met' : 'missed'}`,
      );
    }
  }
  return isMet;
}

function compareFleet(fleet: Fleet): Map<string, Compared[]> {
  const later = meansBy(fleet.laterTasks(), keyOf);
  const compared = new Map<string, Compared[]>();
  for (const minutes of LENGTHS) {
    const tasks = fleet.tasks(minutes);
    const log = new TaskLog();
    for (const task of tasks) log.add(task);
    const own = meansBy(tasks, keyOf);
    const types = meansBy(tasks, ({ taskType }) => taskType);
    for (const row of agentEfficiency(log.records(fleet.skills))) {
      const truth = fleet.truth?.(row.agent, row.taskType) ?? null;
      for (const name of names) {
        const model = measures[name].estimate(row);
        const [raw, type, after] = [own.get(keyOf(row)), types.get(row.taskType), later.get(keyOf(row))].map(
          (of) => of?.[name],
        );
        if (!model || !raw || !type || !after || after.n < MIN_LATER) continue;
        // Of nothing there is no logarithm.
        if (measures[name].isRelative && !(raw.mean > 0 && after.mean > 0)) continue;
        const list = compared.get(`${name}/${minutes}`) ?? [];
        compared.set(`${name}/${minutes}`, list);
        list.push({ raw: raw.mean, type: type.mean, model, later: after, truth: truth?.[name] ?? null });
      }
    }
  }
  return compared;
}

function keyOf({ agent, taskType }: { agent: string; taskType: string }): string {
  return `${agent}/${taskType}`;
}

function meansBy(tasks: readonly EndedTask[], keyOf: (task: EndedTask) => string) {
  return new Map([...Map.groupBy(tasks, keyOf)].map(([key, of]) => [key, plainMeans(of)]));
}

/** Whether an interval holds the truth, or where only a later mean tells of it, that with its own standard error. */
function isCovered({ model, truth, later }: Compared): boolean {
  if (truth !== null) return model.low <= truth && truth <= model.high;
  const side = later.mean < model.value ? model.value - model.low : model.high - model.value;
  return Math.abs(later.mean - model.value) <= Math.hypot(side, 1.645 * later.error);
}

/** @returns lower end of the interval of how much smaller the model's held-out error is than that of raw means */
function report(
  label: string,
  fleets: readonly Compared[][],
  name: MeasureName,
  print: (line: string) => void,
): number {
  const { isRelative } = measures[name];
  const apart = (estimate: number, later: number) => (isRelative ? Math.log(estimate / later) : estimate - later);
  const squares = fleets.map((pairs) => ({
    n: pairs.length,
    raw: sum(pairs.map(({ raw, later }) => apart(raw, later.mean) ** 2)),
    type: sum(pairs.map(({ type, later }) => apart(type, later.mean) ** 2)),
    model: sum(pairs.map(({ model, later }) => apart(model.value, later.mean) ** 2)),
    rawTruth: sum(pairs.map(({ raw, truth }) => (truth === null ? Number.NaN : apart(raw, truth) ** 2))),
    modelTruth: sum(pairs.map(({ model, truth }) => (truth === null ? Number.NaN : apart(model.value, truth) ** 2))),
  }));
  const error = (of: 'raw' | 'type' | 'model' | 'rawTruth' | 'modelTruth', members: readonly number[]) => {
    return Math.sqrt(sum(members.map((i) => squares[i]?.[of] ?? 0)) / sum(members.map((i) => squares[i]?.n ?? 0)));
  };
  const everyone = squares.map((_, i) => i);
  const below = (other: 'raw' | 'type') => {
    return bootstrap(fleets.length, (members) => 1 - error('model', members) / error(other, members));
  };
  const [belowRaw, belowType] = [below('raw'), below('type')];
  const pairs = fleets.flat();
  const covered = pairs.filter(isCovered);
  const figure = (value: number) => value.toFixed(isRelative ? 3 : 4);
  const ofTruth = Number.isNaN(error('rawTruth', everyone))
    ? ''
    : `; of the truth ${figure(error('rawTruth', everyone))} and ${figure(error('modelTruth', everyone))}`;
  print(
    `  ${label} (${pairs.length} pairs, median ${median(pairs.map(({ model }) => model.n)).toFixed(0)} tasks): error raw ${figure(error('raw', everyone))}, type ${figure(error('type', everyone))}, model ${figure(error('model', everyone))}${ofTruth}; below raw ${percent(belowRaw)}, below type ${percent(belowType)}; 90 % intervals hold ${((100 * covered.length) / pairs.length).toFixed(1)} %`,
  );
  return belowRaw.low;
}

function percent({ estimate, low, high }: { estimate: number; low: number; high: number }): string {
  return `${(100 * estimate).toFixed(0)} % (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
