import { kpis } from '../../kpi/registry.ts';
import type { EpochMs } from '../../model/time.ts';
import { wilsonLower } from '../../remediate/wilson-bound.ts';
import {
  type BenchmarkEntry,
  type Confidence,
  confidences,
  holdsFor,
  type IndustryDomain,
  subjectName,
} from './benchmark-entry.ts';
import type { Competitor, CompetitorFigure } from './competitor.ts';
import { convertUnit, dimensionOf } from './convert-unit.ts';
import type { FigureStatistic } from './figure-statistic.ts';
import type { MeasuredFigure, Unmeasured } from './measured-figures.ts';
import { comparisonInWords, positionInWords } from './position-in-words.ts';
import { bandAmong, type Published, publishedIn, singleReference } from './published-band.ts';

/**
 * within: between the edges of what was published. unsure: better or worse by so little, or of so few, that it may be chance.
 * neither: no way is better.
 */
export type Standing = 'better' | 'same' | 'within' | 'worse' | 'unsure' | 'neither';

/** Where a figure stands among what others published; in its own unit. */
export interface IndustryPosition {
  /** Id of the KPI, or name of the custom metric. */
  kpi: string;
  statistic: FigureStatistic;
  unit: string;
  value: number;
  n: number;
  /** Name of the entry. */
  entry: string;
  /** What was published, as one number where it is one, else as all its numbers, from the worst to the best or from low to high. */
  reference: number | number[];
  published: Published;
  /** Where there are quartiles, a range or grades. */
  band?: string;
  /** value ÷ reference, where that is one number. */
  ratio?: number;
  standing: Standing;
  /** What the reference is: "observed average", "target", "commitment"... */
  kind: string;
  domain: IndustryDomain;
  population: string;
  source: string;
  url: string | null;
  year: number;
  /** Of more than five years ago. */
  dated: boolean;
  confidence: Confidence;
  /** How the position was made, in words. */
  reasoning: string;
}

export interface NotComparable {
  kpi: string;
  reason: string;
}

/** A figure beside that of a competitor. */
export interface CompetitorComparison {
  kpi: string;
  statistic: FigureStatistic;
  unit: string;
  value: number;
  n: number;
  theirs: number;
  ratio?: number;
  standing: Standing;
  year: number;
  dated: boolean;
  source: string;
  url: string | null;
  reasoning: string;
}

export interface IndustryComparison {
  positions: IndustryPosition[];
  notComparable: NotComparable[];
  competitors: { name: string; figures: CompetitorComparison[]; notComparable: NotComparable[] }[];
}

export interface IndustryQuestion {
  values: readonly MeasuredFigure[];
  unmeasured?: readonly Unmeasured[];
  /** What the system does; null where nobody declared it: then only figures that hold for any fleet are compared with. */
  domain: IndustryDomain | null;
  entries: readonly BenchmarkEntry[];
  competitors: readonly Competitor[];
}

/** Older figures are marked as dated. */
const CURRENT_YEARS = 5;
/** Of a two-sided interval of 90 %. */
const Z_90 = 1.6449;

/**
 * Where a fleet stands in its industry. A figure is compared with an entry only where domain, statistic and unit match; what
 * can be compared with none is named, with the reason. The best founded comparisons of a figure come first.
 * @param nowMs when this is asked: figures of more than five years before are marked as dated
 */
export function industryPosition(question: IndustryQuestion, nowMs: EpochMs): IndustryComparison {
  const { values, unmeasured = [], domain, competitors } = question;
  const nowYear = new Date(nowMs).getUTCFullYear();
  const entries = newestEditions(question.entries);
  const positions: IndustryPosition[] = [];
  const notComparable: NotComparable[] = [];
  const unpublished: string[] = [];
  const isPublished = (kpi: string) => entries.some(({ comparesWith }) => subjectName(comparesWith) === kpi);
  for (const { name, reason } of unmeasured) {
    if (isKpi(name) || isPublished(name)) notComparable.push({ kpi: name, reason });
    else unpublished.push(name);
  }
  for (const [kpi, ofOne] of Map.groupBy(values, (value) => subjectName(value) ?? '')) {
    const told = entries.filter(({ comparesWith }) => subjectName(comparesWith) === kpi);
    const found = ofOne.flatMap((value) => told.flatMap((entry) => positionOf(value, entry, domain, nowYear) ?? []));
    positions.push(...found.sort(bestFoundedFirst));
    if (found.length > 0) continue;
    if (isKpi(kpi) || told.length > 0) notComparable.push({ kpi, reason: whyNone(ofOne, told, domain) });
    else unpublished.push(kpi);
  }
  return {
    positions,
    notComparable: [...notComparable, ...withoutFigure(unpublished)],
    competitors: competitors.map((competitor) => besideCompetitor(competitor, { values, unmeasured, domain }, nowYear)),
  };
}

/** The catalogue, with own entries beside it or in place of those of their names. */
export function entriesInForce(catalogue: readonly BenchmarkEntry[], own: readonly BenchmarkEntry[]): BenchmarkEntry[] {
  const names = new Set(own.map(({ name }) => name));
  return [...catalogue.filter(({ name }) => !names.has(name)), ...own];
}

function newestEditions(entries: readonly BenchmarkEntry[]): BenchmarkEntry[] {
  const newest = new Map<string, number>();
  for (const { edition, year } of entries) {
    if (edition !== undefined) newest.set(edition, Math.max(year, newest.get(edition) ?? year));
  }
  return entries.filter(({ edition, year }) => edition === undefined || newest.get(edition) === year);
}

function bestFoundedFirst(a: IndustryPosition, b: IndustryPosition): number {
  const rank = ({ confidence }: IndustryPosition) => confidences.indexOf(confidence);
  return rank(a) - rank(b) || b.year - a.year || (a.entry < b.entry ? -1 : 1);
}

type Mismatch = 'domain' | 'statistic' | 'unit';

/** null where the entry can be compared with the figure. */
function mismatchOf(value: MeasuredFigure, entry: BenchmarkEntry, domain: IndustryDomain | null): Mismatch | null {
  if (!holdsFor(entry.domain, domain)) return 'domain';
  // Of a custom metric the mean is known of whatever is observed: its name says what that is.
  if ('kpi' in value ? entry.statistic !== value.statistic : entry.statistic === null) return 'statistic';
  return convertUnit(1, entry.unit, value.unit) === null ? 'unit' : null;
}

function positionOf(
  value: MeasuredFigure,
  entry: BenchmarkEntry,
  domain: IndustryDomain | null,
  nowYear: number,
): IndustryPosition | null {
  if (mismatchOf(value, entry, domain) !== null) return null;
  const published = publishedIn(entry, value.unit);
  const better = 'kpi' in value ? value.better : entry.better;
  const single = singleReference(published);
  const band = better === null ? null : bandAmong(published, value.value, better);
  const ratio = ratioTo(value.value, single?.reference);
  const edges = single ? [single.reference] : (band?.edges ?? published.range ?? []);
  const standing = standingAmong(value, edges, { better, side: band?.side ?? null, isSingle: single !== null });
  const dated = nowYear - entry.year > CURRENT_YEARS;
  const kind = kindOf(entry, published);
  return {
    ...{
      kpi: subjectName(value) as string,
      statistic: value.statistic,
      unit: value.unit,
      value: value.value,
      n: value.n,
    },
    entry: entry.name,
    reference: single?.reference ?? [...edges],
    published,
    ...(band === null ? {} : { band: band.words }),
    ...(ratio === null ? {} : { ratio }),
    standing,
    kind,
    ...{ domain: entry.domain, population: entry.population, source: entry.source, url: entry.url },
    ...{ year: entry.year, dated, confidence: entry.confidence },
    reasoning: positionInWords(value, entry, { kind, band: band?.words ?? null, standing, dated }),
  };
}

function ratioTo(value: number, reference: number | undefined): number | null {
  return reference === undefined || reference === 0 ? null : value / reference;
}

function kindOf({ reference }: BenchmarkEntry, published: Published): string {
  if (reference !== 'observed') return reference;
  const of = singleReference(published)?.name;
  if (of === 'average' || of === 'median') return `observed ${of}`;
  if (published.topQuartile !== undefined || published.bottomQuartile !== undefined) return 'observed quartiles';
  return published.range ? 'observed range' : 'observed';
}

interface Reading {
  better: 'higher' | 'lower' | null;
  side: 'better' | 'within' | 'worse' | null;
  isSingle: boolean;
}

function standingAmong(value: MeasuredFigure, edges: readonly number[], { better, side, isSingle }: Reading): Standing {
  if (better === null) return 'neither';
  if (value.n < value.minimumSample) return 'unsure';
  if (edges.some((edge) => mayBeChance(value, edge))) return 'unsure';
  if (!isSingle) return side ?? 'within';
  const [reference = value.value] = edges;
  if (value.value === reference) return 'same';
  return value.value > reference === (better === 'higher') ? 'better' : 'worse';
}

/** Of a share, whether a reference lies within its interval of 90 %; of anything else how far it varies is not known here. */
function mayBeChance({ statistic, value, n, unit }: MeasuredFigure, reference: number): boolean {
  if (statistic !== 'share' || dimensionOf(unit) !== 'share') return false;
  const share = Math.min(1, Math.max(0, convertUnit(value, unit, 'ratio') ?? 0));
  const edge = convertUnit(reference, unit, 'ratio') ?? 0;
  if (share === edge) return false;
  const low = wilsonLower(share * n, n, Z_90);
  const high = 1 - wilsonLower((1 - share) * n, n, Z_90);
  return edge > low && edge < high;
}

const MOST_UNPUBLISHED = 50;
const NO_FIGURE =
  'no published figure of it is known: PUT /v1/benchmarks/entries/{name} brings one in, with its source and year';

function whyNone(
  values: readonly MeasuredFigure[],
  told: readonly BenchmarkEntry[],
  domain: IndustryDomain | null,
): string {
  if (told.length === 0) return NO_FIGURE;
  const fitting = told.filter((entry) => holdsFor(entry.domain, domain));
  if (fitting.length === 0) {
    const domains = [...new Set(told.map((entry) => entry.domain))].join(', ');
    const own =
      domain === null ? 'the system has declared none: PUT /v1/benchmarks/settings' : `the system's is ${domain}`;
    return `other domain: what is published is of ${domains}; ${own}`;
  }
  const ofStatistic = fitting.filter((entry) =>
    values.some((value) => mismatchOf(value, entry, domain) !== 'statistic'),
  );
  if (ofStatistic.length === 0) {
    const [theirs, own] = [fitting.map(({ statistic }) => statistic ?? 'not told'), values.map((it) => it.statistic)];
    return `other statistic: published is the ${listed(theirs)}; measured is the ${listed(own)}`;
  }
  return `other unit: published in ${listed(ofStatistic.map(({ unit }) => unit))}; measured in ${listed(values.map(({ unit }) => unit))}`;
}

/** A fleet may have thousands of metrics that nobody publishes anything of: the first ones by name, and how many there are. */
function withoutFigure(metrics: readonly string[]): NotComparable[] {
  const named = metrics.toSorted().slice(0, MOST_UNPUBLISHED);
  const left = metrics.length - named.length;
  const all = named.map((kpi) => ({ kpi, reason: NO_FIGURE }));
  return left === 0 ? all : [...all, { kpi: `${left} further metrics`, reason: NO_FIGURE }];
}

function isKpi(name: string): boolean {
  return Object.hasOwn(kpis, name);
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

function besideCompetitor(
  { name, domain: theirDomain, figures }: Competitor,
  {
    values,
    unmeasured,
    domain,
  }: { values: readonly MeasuredFigure[]; unmeasured: readonly Unmeasured[]; domain: IndustryDomain | null },
  nowYear: number,
): IndustryComparison['competitors'][number] {
  const compared: CompetitorComparison[] = [];
  const notComparable: NotComparable[] = [];
  for (const figure of figures) {
    const kpi = subjectName(figure) as string;
    const refuse = (reason: string) => notComparable.push({ kpi, reason });
    if (theirDomain !== null && !holdsFor(theirDomain, domain)) {
      refuse(
        `other domain: ${name} is of ${theirDomain}; ${domain === null ? 'the system has declared none' : `the system is of ${domain}`}`,
      );
      continue;
    }
    const own = values.filter((value) => subjectName(value) === kpi);
    const same = own.find((value) => 'metric' in value || value.statistic === figure.statistic);
    const theirs = same && convertUnit(figure.value, figure.unit, same.unit);
    if (same && typeof theirs === 'number') compared.push(comparisonOf(same, figure, { name, theirs }, nowYear));
    else if (same) refuse(`other unit: theirs is in ${figure.unit}; measured in ${same.unit}`);
    else if (own.length > 0) {
      refuse(
        `other statistic: theirs is the ${figure.statistic}; measured is the ${listed(own.map((it) => it.statistic))}`,
      );
    } else refuse(unmeasured.find((it) => it.name === kpi)?.reason ?? 'not measured');
  }
  return { name, figures: compared, notComparable };
}

function comparisonOf(
  value: MeasuredFigure,
  figure: CompetitorFigure,
  { name, theirs }: { name: string; theirs: number },
  nowYear: number,
): CompetitorComparison {
  const ratio = ratioTo(value.value, theirs);
  const standing = standingAmong(value, [theirs], { better: value.better, side: null, isSingle: true });
  const dated = nowYear - figure.year > CURRENT_YEARS;
  return {
    ...{
      kpi: subjectName(value) as string,
      statistic: figure.statistic,
      unit: value.unit,
      value: value.value,
      n: value.n,
    },
    theirs,
    ...(ratio === null ? {} : { ratio }),
    ...{ standing, year: figure.year, dated, source: figure.source, url: figure.url },
    reasoning: comparisonInWords(value, figure, { name, standing, dated }),
  };
}
