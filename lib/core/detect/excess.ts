import { badTasks } from '../kpi/bad-tasks.ts';
import { addMoments, type MinuteFigures, type SubjectMinute } from './minute-figures.ts';
import type { SeriesKindName } from './series-kind.ts';

/** What of a pool's work can be worse than usual, and how much of it each agent, task type, tool or model carries. */
export interface ExcessMeasure {
  series: SeriesKindName;
  /** Tasks that tell. */
  n(subject: SubjectMinute): number;
  /** What is in excess over all these tasks: µs, bad tasks, or grade points in ppm; below 0 for better than usual. */
  excess(subject: SubjectMinute, expected: number): number;
  /** How far these tasks are from a level, on a scale on which excesses of one size are comparable. */
  shift(subject: SubjectMinute, expected: number): number;
}

/** @param expected geometric mean of service times, ms */
export const timeExcess: ExcessMeasure = {
  series: 'service_ms',
  n: ({ service }) => service.n,
  // In the same proportion as the geometric mean: what the arithmetic mean was is not remembered.
  excess: (subject, expected) => subject.counters.serviceUs * (1 - Math.exp(-timeExcess.shift(subject, expected))),
  shift: ({ service }, expected) => (service.n === 0 ? 0 : service.sum / service.n - Math.log(expected * 1_000)),
};

/** @param expected share of tasks that end badly */
export const badExcess: ExcessMeasure = {
  series: 'error_ratio',
  n: ({ counters }) => counters.completed + badTasks(counters),
  excess: (subject, expected) => badTasks(subject.counters) - expected * badExcess.n(subject),
  shift: (subject, expected) => {
    const n = badExcess.n(subject);
    return n === 0 ? 0 : badTasks(subject.counters) / n - expected;
  },
};

/** @param expected mean grade */
export const qualityLoss: ExcessMeasure = {
  series: 'quality',
  n: ({ counters }) => counters.qualityCount,
  excess: ({ counters }, expected) => expected * counters.qualityCount * 1e6 - counters.qualityPpm,
  shift: ({ counters }, expected) =>
    counters.qualityCount === 0 ? 0 : expected - counters.qualityPpm / counters.qualityCount / 1e6,
};

/** The subjects of one kind with what each carries of all that is in excess, 0..1, the largest first. */
export function sharesOfExcess(
  subjects: ReadonlyMap<string, SubjectMinute>,
  excessOf: (subject: SubjectMinute, id: string) => number,
): { id: string; share: number; excess: number }[] {
  const each = [...subjects].map(([id, subject]) => ({ id, excess: Math.max(0, excessOf(subject, id)) }));
  const all = each.reduce((sum, { excess }) => sum + excess, 0);
  if (all === 0) return [];
  return each
    .filter(({ excess }) => excess > 0)
    .map(({ id, excess }) => ({ id, excess, share: excess / all }))
    .sort((a, b) => b.share - a.share || (a.id < b.id ? -1 : 1));
}

/** Figures of several minutes of the same subjects, added up. */
export function sumOfSubjects(
  minutes: readonly (MinuteFigures | null)[],
  of: (figures: MinuteFigures) => ReadonlyMap<string, SubjectMinute> | undefined,
): Map<string, SubjectMinute> {
  const sums = new Map<string, SubjectMinute>();
  for (const figures of minutes) {
    for (const [id, subject] of (figures && of(figures)) ?? []) {
      const sum = sums.get(id);
      if (sum) addSubject(sum, subject);
      else sums.set(id, copyOf(subject));
    }
  }
  return sums;
}

function copyOf({ counters, service, ...rest }: SubjectMinute): SubjectMinute {
  return { ...rest, counters: { ...counters }, service: { ...service } };
}

/** Tasks alone: of samples and slots those of the first minute stay. */
function addSubject(to: SubjectMinute, { counters, service }: SubjectMinute): void {
  for (const name of Object.keys(counters) as (keyof typeof counters)[]) to.counters[name] += counters[name];
  addMoments(to.service, service);
}
