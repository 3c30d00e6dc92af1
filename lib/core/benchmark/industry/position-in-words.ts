import type { BenchmarkEntry } from './benchmark-entry.ts';
import type { CompetitorFigure } from './competitor.ts';
import { convertUnit, dimensionOf } from './convert-unit.ts';
import { statisticInWords } from './figure-statistic.ts';
import type { Standing } from './industry-position.ts';
import type { MeasuredFigure } from './measured-figures.ts';
import { singleReference } from './published-band.ts';

interface Made {
  kind: string;
  band: string | null;
  standing: Standing;
  dated: boolean;
}

/** How a position was made: the figure in the unit of what it is compared with, the arithmetic, of whom and when that is. */
export function positionInWords(value: MeasuredFigure, entry: BenchmarkEntry, made: Made): string {
  const { kind, band, standing, dated } = made;
  const own = convertUnit(value.value, value.unit, entry.unit) ?? value.value;
  const single = singleReference(entry.values);
  const edges = edgesInWords(entry);
  const verdict = standingInWords(standing, value);
  const inBand = band === null ? [] : [`${band}${edges === '' ? '' : ` (${edges})`}`];
  return [
    single
      ? `${figureInWords(value, entry.unit)} against ${article(kind)} of ${quantity(single.reference, entry.unit)}${arithmetic(own, single.reference)}: ${verdict}`
      : `${figureInWords(value, entry.unit)} against ${article(kind)}${standing === 'unsure' || standing === 'neither' ? `: ${verdict}` : ''}`,
    ...missingInWords(own, single?.reference, entry),
    ...inBand,
    `of ${entry.population} (${entry.source}, ${entry.year}${dated ? ', which is dated' : ''}; confidence ${entry.confidence})`,
    ...(entry.caveat === undefined ? [] : [entry.caveat]),
  ].join('; ');
}

/** How a figure compares with that of somebody else. */
export function comparisonInWords(
  value: MeasuredFigure,
  figure: CompetitorFigure,
  { name, standing, dated }: { name: string; standing: Standing; dated: boolean },
): string {
  const own = convertUnit(value.value, value.unit, figure.unit) ?? value.value;
  const theirs = `${quantity(figure.value, figure.unit)} of ${name}`;
  const verdict = standingInWords(standing, value);
  return `${figureInWords(value, figure.unit)} against ${theirs}${arithmetic(own, figure.value)}: ${verdict} (${figure.source}, ${figure.year}${dated ? ', which is dated' : ''})`;
}

/** "83 % (0.83), share of ratings of 4 or better, n 1200" */
function figureInWords(value: MeasuredFigure, unit: string): string {
  const own = convertUnit(value.value, value.unit, unit) ?? value.value;
  const isInUnit = dimensionOf(unit) === dimensionOf(value.unit) && convertUnit(1, value.unit, unit) === 1;
  const measured = isInUnit ? '' : ` (${quantity(value.value, value.unit)})`;
  const what = 'kpi' in value ? statisticInWords(value.kpi, value.statistic) : 'mean of the observations';
  return `${quantity(own, unit)}${measured}, ${what}, n ${value.n}`;
}

function arithmetic(own: number, reference: number): string {
  return reference === 0 ? '' : `, ${shown(own)} ÷ ${shown(reference)} = ${shown(own / reference)}`;
}

/** What shares that are nearly whole differ by is seen in what they miss. */
function missingInWords(own: number, reference: number | undefined, entry: BenchmarkEntry): string[] {
  const whole = convertUnit(1, 'ratio', entry.unit);
  if (whole === null || reference === undefined || entry.better !== 'higher' || entry.statistic !== 'share') return [];
  const isNearly = (share: number) => share >= 0.9 * whole && share < whole;
  if (!isNearly(own) || !isNearly(reference)) return [];
  const [missing, theirs] = [whole - own, whole - reference];
  const times = `${shown(missing / theirs)} times as much`;
  return [`${quantity(missing, entry.unit)} is missing to the whole against ${quantity(theirs, entry.unit)}, ${times}`];
}

function edgesInWords({ values, unit }: BenchmarkEntry): string {
  const { topQuartile, median, bottomQuartile, range, grades = [] } = values;
  const quartiles = Object.entries({ 'top quartile': topQuartile, median, 'bottom quartile': bottomQuartile });
  return [
    ...quartiles.flatMap(([name, edge]) => (edge === undefined ? [] : [`${name} ${quantity(edge, unit)}`])),
    ...(range === undefined ? [] : [`${shown(range[0])} to ${quantity(range[1], unit)}`]),
    ...grades.map(({ name, edge }) => `${name} ${quantity(edge, unit)}`),
  ].join(', ');
}

function standingInWords(standing: Standing, { n, minimumSample }: MeasuredFigure): string {
  if (standing === 'same') return 'the same';
  if (standing === 'neither') return 'neither way is known to be better';
  if (standing !== 'unsure') return standing;
  return n < minimumSample
    ? `unsure, because it takes ${minimumSample} to rely on`
    : 'unsure, because the difference may be chance';
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

const symbols: Readonly<Record<string, string>> = {
  ...{ percent: ' %', '%': ' %', ratio: '', '1': '', count: '' },
  ...{ milliseconds: ' ms', microseconds: ' µs', seconds: ' s', minutes: ' min', hours: ' h', days: ' d', usd: ' USD' },
};

function quantity(amount: number, unit: string): string {
  return `${shown(amount)}${symbols[unit] ?? ` ${unit}`}`;
}

/** Four digits; of what is nearly whole, such as 99.995, as many as tell it from the whole. */
function shown(amount: number): string {
  const isNearlyWhole = (amount > 0.99 && amount < 1) || (amount > 99 && amount < 100);
  return String(Number(amount.toPrecision(isNearlyWhole ? 7 : 4)));
}
