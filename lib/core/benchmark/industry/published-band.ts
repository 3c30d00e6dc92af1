import type { BenchmarkEntry, PublishedValues } from './benchmark-entry.ts';
import { convertUnit } from './convert-unit.ts';

export type Published = PublishedValues;

/** What an entry published, in a unit that its own converts into. @throws RangeError when it does not */
export function publishedIn({ values, unit, name }: BenchmarkEntry, to: string): Published {
  const convert = (quantity: number) => {
    const converted = convertUnit(quantity, unit, to);
    if (converted === null) throw new RangeError(`${unit} of ${name} does not convert into ${to}`);
    return converted;
  };
  const { range, grades, ...numbers } = values;
  return {
    ...Object.fromEntries(Object.entries(numbers).map(([of, quantity]) => [of, convert(quantity)])),
    ...(range ? { range: [convert(range[0]), convert(range[1])] } : {}),
    ...(grades ? { grades: grades.map((grade) => ({ ...grade, edge: convert(grade.edge) })) } : {}),
  };
}

/** The one number to compare with, and what it is; null where there is none. */
export function singleReference({ average, median, value }: Published): { name: string; reference: number } | null {
  if (average !== undefined) return { name: 'average', reference: average };
  if (median !== undefined) return { name: 'median', reference: median };
  return value === undefined ? null : { name: 'value', reference: value };
}

export interface Band {
  words: string;
  /** On which side of all that was published it is. */
  side: 'better' | 'within' | 'worse';
  /** The edges that it lies between, or beyond; from the worst to the best. */
  edges: readonly number[];
}

/**
 * Where a figure lies among quartiles, a range or grades; null where none of them was published. An edge itself belongs to
 * the better grade, to the range, and to the quarter towards the median.
 */
export function bandAmong(published: Published, value: number, better: 'higher' | 'lower'): Band | null {
  const beats = (a: number, b: number) => (better === 'higher' ? a > b : a < b);
  const bands = [
    amongQuartiles(published, value, beats),
    amongRange(published, value, better),
    amongGrades(published, value, beats),
  ];
  const found = bands.filter((band) => band !== null);
  const [first] = found;
  return first ? { ...first, words: found.map(({ words }) => words).join('; ') } : null;
}

type Beats = (a: number, b: number) => boolean;

function amongQuartiles({ topQuartile, median, bottomQuartile }: Published, value: number, beats: Beats): Band | null {
  if (topQuartile === undefined && bottomQuartile === undefined) return null;
  const edges = [bottomQuartile, median, topQuartile].filter((edge) => edge !== undefined);
  const band = (words: string, side: Band['side']): Band => ({ words, side, edges });
  if (topQuartile !== undefined && beats(value, topQuartile)) return band('better than the top quartile', 'better');
  if (bottomQuartile !== undefined && beats(bottomQuartile, value))
    return band('worse than the bottom quartile', 'worse');
  if (median !== undefined && !beats(median, value) && topQuartile !== undefined) {
    return band('between median and top quartile', 'within');
  }
  if (median !== undefined && beats(median, value) && bottomQuartile !== undefined) {
    return band('between bottom quartile and median', 'within');
  }
  if (topQuartile === undefined) return band('better than the bottom quartile', 'within');
  return band(bottomQuartile === undefined ? 'short of the top quartile' : 'between the quartiles', 'within');
}

function amongRange({ range }: Published, value: number, better: 'higher' | 'lower'): Band | null {
  if (!range) return null;
  const [low, high] = range;
  if (value >= low && value <= high) return { words: 'within the published range', side: 'within', edges: range };
  const side = value > high === (better === 'higher') ? 'better' : 'worse';
  return { words: `${side} than the published range`, side, edges: range };
}

function amongGrades({ grades = [] }: Published, value: number, beats: Beats): Band | null {
  const [best] = grades;
  if (!best) return null;
  const edges = grades.map(({ edge }) => edge).reverse();
  const reached = grades.findIndex(({ edge }) => !beats(edge, value));
  if (reached === -1) return { words: `short of "${grades.at(-1)?.name}"`, side: 'worse', edges };
  const words = `reaches "${grades[reached]?.name}"`;
  if (reached === 0) return { words, side: 'better', edges };
  return { words: `${words}, short of "${grades[reached - 1]?.name}"`, side: 'within', edges };
}
