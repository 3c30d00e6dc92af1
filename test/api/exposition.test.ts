import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expose, formatFor, type MetricFamily } from '../../lib/api/exposition.ts';
import { readOpenMetrics } from '../fixtures/openmetrics.ts';

const tasks: MetricFamily = {
  ...{ name: 'f_tasks', type: 'counter', help: 'Tasks, "all"\nof \\ them.' },
  samples: [
    { suffix: '_total', labels: { pool: 'a"b\\c\nd' }, value: 3 },
    { suffix: '_created', labels: { pool: 'a"b\\c\nd' }, value: 1_772_445_600 },
  ],
};
const response: MetricFamily = {
  ...{ name: 'f_response_seconds', type: 'summary', unit: 'seconds', help: 'Response times.' },
  samples: [
    { suffix: '', labels: { quantile: '0.5' }, value: 0.25 },
    { suffix: '_count', labels: {}, value: 2 },
    { suffix: '_sum', labels: {}, value: 1e-7 },
    { suffix: '_created', labels: {}, value: 5.5 },
  ],
};
const none: MetricFamily = { name: 'f_none', type: 'gauge', help: 'Nothing is known.', samples: [] };
const build: MetricFamily = {
  name: 'f_build',
  type: 'info',
  help: 'It.',
  samples: [{ suffix: '_info', labels: { v: '1' }, value: 1 }],
};

test('OpenMetrics has types, units, help, times of creation and an end', () => {
  expect(expose([tasks, response, none, build], 'openMetrics')).toBe(
    [
      '# TYPE f_tasks counter',
      '# HELP f_tasks Tasks, \\"all\\"\\nof \\\\ them.',
      'f_tasks_total{pool="a\\"b\\\\c\\nd"} 3',
      'f_tasks_created{pool="a\\"b\\\\c\\nd"} 1772445600',
      '# TYPE f_response_seconds summary',
      '# UNIT f_response_seconds seconds',
      '# HELP f_response_seconds Response times.',
      'f_response_seconds{quantile="0.5"} 0.25',
      'f_response_seconds_count 2',
      'f_response_seconds_sum 1e-7',
      'f_response_seconds_created 5.5',
      '# TYPE f_build info',
      '# HELP f_build It.',
      'f_build_info{v="1"} 1',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('the older text format names counters as their samples, and has neither units, times of creation nor an end', () => {
  expect(expose([tasks, response, none, build], 'prometheus')).toBe(
    [
      '# HELP f_tasks_total Tasks, "all"\\nof \\\\ them.',
      '# TYPE f_tasks_total counter',
      'f_tasks_total{pool="a\\"b\\\\c\\nd"} 3',
      '# HELP f_response_seconds Response times.',
      '# TYPE f_response_seconds summary',
      'f_response_seconds{quantile="0.5"} 0.25',
      'f_response_seconds_count 2',
      'f_response_seconds_sum 1e-7',
      '# HELP f_build_info It.',
      '# TYPE f_build_info gauge',
      'f_build_info{v="1"} 1',
      '',
    ].join('\n'),
  );
});

test('whatever labels say and numbers are is read as it was meant', () => {
  const value = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 5 }),
      value,
      fc.string(),
      (pools, total, help) => {
        const samples = pools.map((pool) => ({ suffix: '_total' as const, labels: { pool }, value: total }));
        const text = expose([{ name: 'f_x', type: 'counter', help: `h${help}`, samples }], 'openMetrics');
        const families = readOpenMetrics(text, 0);
        const expected = { name: 'f_x', type: 'counter', unit: '', help: `h${help}` };
        const read = pools.map((pool) => ({ name: 'f_x_total', labels: { pool }, value: total }));
        expect(families).toEqual(pools.length === 0 ? [] : [{ ...expected, samples: read }]);
      },
    ),
  );
});

test.each([
  { accept: undefined, format: 'prometheus' },
  { accept: '*/*', format: 'prometheus' },
  { accept: 'text/plain;version=0.0.4', format: 'prometheus' },
  { accept: 'application/json', format: 'prometheus' },
  { accept: 'application/openmetrics-text', format: 'openMetrics' },
  { accept: 'Application/OpenMetrics-Text; version=1.0.0; charset=utf-8', format: 'openMetrics' },
  // As Prometheus 2.50 and 3.0 ask.
  {
    accept:
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    format: 'openMetrics',
  },
  {
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    format: 'openMetrics',
  },
  { accept: 'text/plain;q=0.9, application/openmetrics-text;q=0.1', format: 'prometheus' },
  { accept: 'application/openmetrics-text;q=0', format: 'prometheus' },
])('who accepts $accept gets $format', ({ accept, format }) => {
  expect(formatFor(accept)).toBe(format);
});

describe('the reader of the tests refuses', () => {
  const good = expose([tasks, response, build], 'openMetrics');
  test('nothing of what is right', () => {
    expect(readOpenMetrics(good, 1_772_445_600)).toHaveLength(3);
  });
  test.each([
    { name: 'a text without an end', text: good.replace('# EOF\n', '') },
    { name: 'an empty line', text: good.replace('# TYPE f_build', '\n# TYPE f_build') },
    { name: 'a comment', text: good.replace('# TYPE f_build', '# Hello\n# TYPE f_build') },
    { name: 'a sample before its type', text: good.replace('# TYPE f_tasks counter\n', '') },
    { name: 'a counter without _total', text: good.replace('f_tasks_total{', 'f_tasks{') },
    { name: 'a counter below 0', text: good.replace('"} 3', '"} -3') },
    { name: 'a unit that is not in the name', text: good.replace('_seconds seconds', '_seconds ms') },
    { name: 'a quote that is not escaped', text: good.replace('a\\"b', 'a"b') },
    { name: 'a quantile above 1', text: good.replace('"0.5"', '"50"') },
    { name: 'half a count', text: good.replace('_count 2', '_count 2.5') },
    { name: 'no number', text: good.replace('_count 2', '_count null') },
    {
      name: 'a duplicate',
      text: good.replace('f_response_seconds_count 2', 'f_response_seconds_count 2\nf_response_seconds_count 2'),
    },
    { name: 'a family in two places', text: good.replace('# EOF', 'f_tasks_total 1\n# EOF') },
    { name: 'a second description', text: good.replace('# EOF', '# TYPE f_tasks counter\n# EOF') },
    { name: 'the future', text: good.replace('_created 5.5', '_created 1772445601') },
  ])('$name', ({ text }) => {
    expect(text).not.toBe(good);
    expect(() => readOpenMetrics(text, 1_772_445_600)).toThrow(/line|EOF/);
  });
});
