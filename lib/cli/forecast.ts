import { forecastSeries, type SeriesToForecast } from '../core/forecast/forecast-series.ts';
import { modelInWords } from '../core/forecast/model-in-words.ts';
import { answerLines, type LineStreams, readJsonLine, shown } from './answer-lines.ts';
import { forecastCommand } from './commands/forecast.ts';
import { readCommand } from './read-command.ts';

const EXAMPLE =
  '{"id":"orders","step":3600,"m":24,"periods":[24,168],"h":48,"levels":[0.1,0.5,0.9],"y":[12,15,null,9]}';
const LEVELS = [0.1, 0.5, 0.9];

/**
 * `cli forecast`: continues many series. One JSON line in, `{"id","step": seconds,"m": main season in steps,"periods":
 * [seasons in steps],"h": steps to forecast,"levels": [quantiles],"y": [values, null where missing]}`; one line out in the same
 * order, `{"id","mean":[h],"quantiles":{level:[h]},"model"}`, or `{"error"}` for a line that cannot be forecast.
 * @throws CommandError when there are arguments
 */
export async function forecast(args: string[], streams: LineStreams): Promise<void> {
  readCommand(forecastCommand, args);
  await answerLines(streams, (line) => {
    const read = readSeries(line);
    if (typeof read === 'string') return { problem: read };
    const { mean, quantiles, members } = forecastSeries(read.series);
    return {
      answer: {
        id: read.id,
        mean,
        quantiles: Object.fromEntries(quantiles.map(({ level, values }) => [String(level), values])),
        model: modelInWords(members),
      },
    };
  });
}

/** @returns what is wrong with the line, and how to mend it, when it is no series that can be forecast */
function readSeries(line: string): { id: string; series: SeriesToForecast } | string {
  const read = readJsonLine(line, EXAMPLE);
  if (typeof read === 'string') return read;
  const { id, m, periods = m === undefined ? [] : [m], h, levels = LEVELS, y } = read;
  if (typeof id !== 'string' || id === '') return `"id" must be a text that names the series; got ${shown(id)}`;
  if (m !== undefined && !isCount(m, 1)) return `"m" must be a whole number of steps, 1 or more; got ${shown(m)}`;
  if (!isCount(h, 1)) return `"h" must be a whole number of steps to forecast, 1 or more; got ${shown(h)}`;
  if (!Array.isArray(periods) || !periods.every((it) => isCount(it, 1))) {
    return `"periods" must be a list of seasons in whole steps, such as [24,168]; got ${shown(periods)}`;
  }
  if (!Array.isArray(levels) || !levels.every((it) => typeof it === 'number' && it > 0 && it < 1)) {
    return `"levels" must be a list of numbers between 0 and 1, such as [0.1,0.5,0.9]; got ${shown(levels)}`;
  }
  if (!Array.isArray(y)) return `"y" must be the list of values, oldest first; got ${shown(y)}`;
  const wrong = y.findIndex((value) => value !== null && !(typeof value === 'number' && Number.isFinite(value)));
  if (wrong >= 0) return `"y"[${wrong}] must be a finite number, or null where it is missing; got ${shown(y[wrong])}`;
  if (!y.some((value) => value !== null)) return `"y" must hold one value at least; got ${shown(y)}`;
  return {
    id,
    series: {
      values: y.map((value) => value ?? Number.NaN),
      // A season of one step is none.
      periods: [...new Set(periods as number[])].filter((period) => period > 1),
      horizon: h,
      levels,
    },
  };
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least;
}
