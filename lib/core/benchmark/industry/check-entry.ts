import { type KpiId, kpis } from '../../kpi/registry.ts';
import type { EpochMs } from '../../model/time.ts';
import {
  type BenchmarkEntry,
  type Confidence,
  generalDomains,
  holdsFor,
  type IndustryDomain,
  type ReferenceKind,
  subjectName,
} from './benchmark-entry.ts';
import type { CompetitorFigure } from './competitor.ts';
import { convertUnit, dimensionOf, unitNames } from './convert-unit.ts';
import { type FigureStatistic, metricTells, statisticsOf, unitOfStatistic } from './figure-statistic.ts';
import type { Published } from './published-band.ts';

/** What is wrong with what somebody gave, and where. */
export interface EntryFault {
  path: string;
  message: string;
}

/** What both an entry and a figure of a competitor have. */
interface FigureDraft {
  kpi?: KpiId;
  metric?: string;
  statistic: FigureStatistic;
  unit: string;
  year: number;
  source: string;
  url?: string;
}

/** An entry as somebody gives it. */
export interface EntryDraft extends FigureDraft, Published {
  domain: IndustryDomain;
  population: string;
  reference: ReferenceKind;
  /** Of custom metrics; that of a KPI is known. */
  better?: 'higher' | 'lower';
  confidence?: Confidence;
  note?: string;
  caveat?: string;
}

/** A figure of a competitor as somebody gives it. */
export interface CompetitorFigureDraft extends FigureDraft {
  value: number;
  note?: string;
}

export interface EntryContext {
  declared: IndustryDomain | null;
  catalogue: readonly BenchmarkEntry[];
  nowMs: EpochMs;
}

/**
 * An entry of somebody's own, or all that keeps it from being compared with anything: a unit that does not convert, a
 * statistic that its KPI does not have, another domain than the system's, values out of order.
 */
export function checkedEntry(
  name: string,
  draft: EntryDraft,
  { declared, catalogue, nowMs }: EntryContext,
): { entry: BenchmarkEntry } | { faults: EntryFault[] } {
  const subject = subjectOf(draft);
  const faults = [
    ...figureFaults(draft, nowMs),
    ...domainFaults(draft.domain, declared),
    ...nameFaults(name, draft, catalogue),
    ...betterFaults(draft),
    ...valuesFaults(draft),
  ];
  if (draft.population.trim() === '') faults.push({ path: 'population', message: 'population must say of whom it is' });
  if (faults.length > 0 || subject === null) return { faults };
  const better = 'kpi' in subject ? (kpis[subject.kpi].better ?? 'higher') : (draft.better ?? 'higher');
  const { domain, population, unit, reference, statistic, year, source, url, note, caveat, confidence } = draft;
  return {
    entry: {
      ...{ name, domain, population, unit, better, reference, statistic, values: valuesIn(draft), year, source },
      ...{ url: url ?? null, confidence: confidence ?? 'uncertain', note: note ?? '', comparesWith: subject },
      ...(caveat === undefined ? {} : { caveat }),
    },
  };
}

/** The figures of a competitor, or all that is wrong with them. */
export function checkedCompetitor(
  { domain, figures }: { domain?: IndustryDomain; figures: readonly CompetitorFigureDraft[] },
  { declared, nowMs }: Pick<EntryContext, 'declared' | 'nowMs'>,
): { figures: CompetitorFigure[] } | { faults: EntryFault[] } {
  const faults = domain === undefined ? [] : domainFaults(domain, declared);
  if (figures.length === 0) faults.push({ path: 'figures', message: 'figures must have at least one' });
  const seen = new Set<string>();
  const checked = figures.flatMap((draft, i): CompetitorFigure[] => {
    const [subject, at] = [subjectOf(draft), (path: string) => `figures[${i}]${path === '' ? '' : `.${path}`}`];
    const wrong = [...figureFaults(draft, nowMs), ...amountFaults(draft, 'value', draft.value)];
    faults.push(...wrong.map(({ path, message }) => ({ path: at(path), message: `${at(message)}` })));
    const key = `${draft.kpi ?? draft.metric} ${draft.statistic}`;
    if (seen.has(key)) faults.push({ path: at(''), message: `${at('')} is a second figure of ${key}: give one` });
    seen.add(key);
    if (subject === null) return [];
    const { statistic, unit, value, year, source, url, note } = draft;
    return [{ ...subject, statistic, unit, value, year, source, url: url ?? null, note: note ?? '' }];
  });
  return faults.length > 0 ? { faults } : { figures: checked };
}

function subjectOf({ kpi, metric }: FigureDraft): { kpi: KpiId } | { metric: string } | null {
  if (kpi !== undefined && metric !== undefined) return null;
  if (kpi !== undefined) return { kpi };
  return metric === undefined ? null : { metric };
}

/** Messages begin with the path. */
function figureFaults(draft: FigureDraft, nowMs: EpochMs): EntryFault[] {
  const { kpi, metric, statistic, unit, year, source, url } = draft;
  const faults: EntryFault[] = [];
  const wrong = (path: string, message: string) => faults.push({ path, message: `${path} ${message}` });
  if ((kpi === undefined) === (metric === undefined)) {
    wrong('kpi', 'or metric must say what it is of: one of both');
  }
  if (kpi !== undefined && unitOfStatistic(kpi, statistic) === null) {
    wrong('statistic', `${statistic} cannot be told of ${kpi}: use ${statisticsOf(kpi).join(', ')}`);
  }
  if (metric !== undefined && !metricTells(metric, statistic)) {
    wrong('statistic', `${statistic} cannot be told of ${metric}, of which the mean is known: ${whatMetricTells}`);
  }
  if (dimensionOf(unit) === null) {
    wrong('unit', `${unit} is not known: use ${unitNames.join(', ')}`);
  } else if (kpi !== undefined) {
    const own = unitOfStatistic(kpi, statistic);
    if (own !== null && convertUnit(1, unit, own) === null) {
      wrong('unit', `${unit} does not convert into ${own}, in which the ${statistic} of ${kpi} is measured`);
    }
  }
  const thisYear = new Date(nowMs).getUTCFullYear();
  if (year > thisYear) wrong('year', `${year} is yet to come`);
  if (source.trim() === '') wrong('source', 'must say where it was published');
  if (url !== undefined && !/^https?:\/\/\S+$/.test(url)) wrong('url', 'must begin with https:// or http://');
  return faults;
}

const whatMetricTells =
  'use mean, share or rate, or a metric whose observations are percentiles and whose name ends in _p50, _p75, _p90, _p95 or _p99';

function domainFaults(domain: IndustryDomain, declared: IndustryDomain | null): EntryFault[] {
  if (holdsFor(domain, declared)) return [];
  const own = declared === null ? 'none, PUT /v1/benchmarks/settings declares one' : declared;
  const message = `domain ${domain} is not what the system has declared (${own}), and only ${generalDomains.join(' and ')} hold for any`;
  return [{ path: 'domain', message }];
}

/** What takes the place of an entry of the catalogue must be of the same. */
function nameFaults(name: string, draft: EntryDraft, catalogue: readonly BenchmarkEntry[]): EntryFault[] {
  const replaced = catalogue.find((entry) => entry.name === name);
  if (!replaced) return [];
  const of = subjectName(replaced.comparesWith);
  const own = draft.kpi ?? draft.metric;
  const change = `use another name than ${name}, or give what takes its place`;
  if (replaced.domain !== draft.domain) {
    return [
      { path: 'domain', message: `domain ${draft.domain} is not that of the catalogue, ${replaced.domain}: ${change}` },
    ];
  }
  if (of === null || own === undefined || of === own) return [];
  const path = draft.kpi === undefined ? 'metric' : 'kpi';
  return [{ path, message: `${path} ${own} is not that of the catalogue, ${of}: ${change}` }];
}

function betterFaults({ kpi, metric, better }: EntryDraft): EntryFault[] {
  if (metric !== undefined && better === undefined) {
    return [{ path: 'better', message: `better must be higher or lower, because of ${metric} it is not known` }];
  }
  const own = kpi === undefined ? null : kpis[kpi].better;
  if (own === null || better === undefined || better === own) return [];
  return [{ path: 'better', message: `better ${better} is not that of ${kpi}, ${own}: leave it out` }];
}

function valuesIn({ average, median, topQuartile, bottomQuartile, range, value, grades }: EntryDraft): Published {
  const given = { average, median, topQuartile, bottomQuartile, range, value, grades };
  return Object.fromEntries(Object.entries(given).filter(([, it]) => it !== undefined));
}

function valuesFaults(draft: EntryDraft): EntryFault[] {
  const { kpi, better, reference, range, grades = [], ...rest } = draft;
  const given = Object.keys(valuesIn(draft));
  if (given.length === 0 || (draft.grades && grades.length === 0 && given.length === 1)) {
    const message = 'average, median, topQuartile, bottomQuartile, range, value or grades must be given';
    return [{ path: reference === 'observed' ? 'average' : 'value', message }];
  }
  const isBetter = ((kpi === undefined ? null : kpis[kpi].better) ?? better ?? 'higher') === 'higher';
  const isWorse = (a: number, b: number) => (isBetter ? a < b : a > b);
  const amounts = (['average', 'median', 'topQuartile', 'bottomQuartile', 'value'] as const).flatMap((path) => {
    const amount = rest[path];
    return amount === undefined ? [] : amountFaults(draft, path, amount);
  });
  return [
    ...amounts,
    ...(range ?? []).flatMap((edge, i) => amountFaults(draft, `range[${i}]`, edge)),
    ...grades.flatMap(({ edge }, i) => amountFaults(draft, `grades[${i}].edge`, edge)),
    ...kindFaults(draft),
    ...orderFaults(draft, isWorse),
  ];
}

const observedAlone = ['average', 'median', 'topQuartile', 'bottomQuartile'] as const;

/** A target, a promise or a claim is no average. */
function kindFaults(draft: EntryDraft): EntryFault[] {
  if (draft.reference === 'observed') {
    if (draft.value === undefined) return [];
    const message =
      'value does not say what it is of those observed: give it as average, median, topQuartile or bottomQuartile';
    return [{ path: 'value', message }];
  }
  return observedAlone
    .filter((path) => draft[path] !== undefined)
    .map((path) => ({ path, message: `${path} is only of what was observed; of a ${draft.reference} give value` }));
}

function orderFaults(draft: EntryDraft, isWorse: (a: number, b: number) => boolean): EntryFault[] {
  const faults: EntryFault[] = [];
  const order = ['bottomQuartile', 'median', 'topQuartile'] as const;
  const given = order.filter((path) => draft[path] !== undefined);
  for (const [i, path] of given.entries()) {
    const next = given[i + 1];
    if (next && isWorse(draft[next] as number, draft[path] as number)) {
      faults.push({ path: next, message: `${next} ${draft[next]} must not be worse than ${path} ${draft[path]}` });
    }
  }
  const { range, grades = [] } = draft;
  if (range && range[0] > range[1]) {
    faults.push({ path: 'range', message: `range must be [low, high]; got [${range[0]}, ${range[1]}]` });
  }
  for (let i = 1; i < grades.length; i++) {
    const [before, grade] = [grades[i - 1], grades[i]];
    if (!before || !grade || isWorse(grade.edge, before.edge)) continue;
    const path = `grades[${i}].edge`;
    faults.push({
      path,
      message: `${path} ${grade.edge} must be worse than ${before.edge}: the best grade comes first`,
    });
  }
  return faults;
}

/** Shares are of a whole, ratings from 1 to 5, and nothing else is below 0. */
function amountFaults({ kpi, statistic, unit }: FigureDraft, path: string, amount: number): EntryFault[] {
  const [least, most, in_] = boundsOf(kpi, statistic, unit);
  if (amount >= least && amount <= most) return [];
  const upTo = most === Number.POSITIVE_INFINITY ? ` or more` : ` to ${most}`;
  return [{ path, message: `${path} must be ${least}${upTo} ${in_}; got ${amount}` }];
}

function boundsOf(kpi: KpiId | undefined, statistic: FigureStatistic, unit: string): [number, number, string] {
  if (kpi === 'customer_satisfaction' && statistic === 'mean') return [1, 5, unit];
  const whole = statistic === 'share' ? convertUnit(1, 'ratio', unit) : null;
  return [0, whole ?? Number.POSITIVE_INFINITY, unit];
}
