import { expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { forecast } from '../../lib/cli/forecast.ts';
import { forecastSeries } from '../../lib/core/forecast/forecast-series.ts';

async function forecasts(lines: readonly string[]) {
  const [written, told]: [string[], string[]] = [[], []];
  async function* input() {
    yield new TextEncoder().encode(lines.join('\n'));
  }
  await forecast([], {
    input: input(),
    write: async (text) => void written.push(text),
    tell: (line) => told.push(line),
  });
  const answers = written
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { answers, told };
}

const hours = Array.from({ length: 24 * 15 }, (_, i) => 30 + 10 * Math.sin((2 * Math.PI * i) / 24) + (i % 5));

test('each line is answered by the forecast of its series, with a value for each step and level', async () => {
  const line = { id: 'a', step: 3600, m: 24, periods: [24, 168], h: 6, levels: [0.1, 0.9], y: hours };
  const { answers } = await forecasts([
    JSON.stringify(line),
    JSON.stringify({ ...line, id: 'b', h: 2, y: [4, null, 6] }),
  ]);
  const made = forecastSeries({ values: hours, periods: [24, 168], horizon: 6, levels: [0.1, 0.9] });
  expect(answers[0]).toMatchObject({
    id: 'a',
    mean: made.mean,
    quantiles: { '0.1': made.quantiles[0]?.values, '0.9': made.quantiles[1]?.values },
  });
  expect(answers[0].model).toMatch(/^\d+ % .+, \d+ more$/);
  expect(answers[1]).toMatchObject({ id: 'b', mean: [expect.any(Number), expect.any(Number)] });
});

test('without seasons those of "m", without levels the deciles at the ends and the middle', async () => {
  const { answers } = await forecasts([JSON.stringify({ id: 'a', m: 24, h: 24, y: hours })]);
  const made = forecastSeries({ values: hours, periods: [24], horizon: 24, levels: [0.1, 0.5, 0.9] });
  expect(answers[0].mean).toEqual(made.mean);
  expect(Object.keys(answers[0].quantiles)).toEqual(['0.1', '0.5', '0.9']);
});

test.each([
  { line: '{}', says: '"id" must be a text' },
  { line: '{"id":"a","y":[1]}', says: '"h" must be a whole number of steps to forecast, 1 or more; got nothing' },
  { line: '{"id":"a","h":1}', says: '"y" must be the list of values' },
  { line: '{"id":"a","h":1,"y":[]}', says: '"y" must hold one value at least' },
  {
    line: '{"id":"a","h":1,"y":[1,"2"]}',
    says: '"y"[1] must be a finite number, or null where it is missing; got "2"',
  },
  { line: '{"id":"a","h":1,"y":[1],"levels":[90]}', says: '"levels" must be a list of numbers between 0 and 1' },
  { line: '{"id":"a","h":1,"y":[1],"periods":24}', says: '"periods" must be a list of seasons' },
  { line: '{"id":"a","h":1,"y":[1],"m":0.5}', says: '"m" must be a whole number' },
  { line: '[1,2]', says: 'must be an object; got [1,2]' },
])('says what is wrong with $line and goes on', async ({ line, says }) => {
  const { answers, told } = await forecasts([line, JSON.stringify({ id: 'next', h: 1, y: [3] })]);
  expect(answers[0].error).toContain(`line 1: ${says}`);
  expect(told).toEqual([answers[0].error]);
  expect(answers[1].id).toBe('next');
});

test('takes no arguments', async () => {
  async function* nothing() {}
  const asked = forecast(['file'], { input: nothing(), write: async () => {}, tell: () => {} });
  await expect(asked).rejects.toThrow(CommandError);
});
