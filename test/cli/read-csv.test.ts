import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { parseCsv } from '../../lib/cli/import/parse-csv.ts';
import { parseTime } from '../../lib/cli/import/parse-time.ts';
import { readCsv } from '../../lib/cli/import/read-csv.ts';

const AT = Date.parse('2026-03-02T10:00:00Z');
const none = { metric: undefined, unit: undefined };

describe('CSV', () => {
  // The examples of RFC 4180, section 2.
  test.each([
    { name: 'lines that end in CRLF', text: 'aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n', rows: ['aaa|bbb|ccc', 'zzz|yyy|xxx'] },
    { name: 'a last line without an end', text: 'aaa,bbb,ccc\r\nzzz,yyy,xxx', rows: ['aaa|bbb|ccc', 'zzz|yyy|xxx'] },
    {
      name: 'cells in quotation marks',
      text: '"aaa","bbb","ccc"\r\nzzz,yyy,xxx',
      rows: ['aaa|bbb|ccc', 'zzz|yyy|xxx'],
    },
    { name: 'line breaks within', text: '"aaa","b\r\nbb","ccc"\r\nzzz', rows: ['aaa|b\r\nbb|ccc', 'zzz'] },
    { name: 'doubled quotation marks', text: '"aaa","b""bb","ccc"', rows: ['aaa|b"bb|ccc'] },
    {
      name: 'LF, empty cells, empty lines and a byte order mark',
      text: '\uFEFFa,\n\n,b\n""\n',
      rows: ['a|', '|b', ''],
    },
    { name: 'nothing', text: '', rows: [] },
  ])('has $name', ({ text, rows }) => {
    expect(parseCsv(text).map(({ cells }) => cells.join('|'))).toEqual(rows);
  });

  test.each(['a\nb"c', 'a\n"b', 'a\n"b"c,d', 'a\n"b" ,c'])('names the line of %j, which is none', (text) => {
    expect(() => parseCsv(text)).toThrow(/^line 2 is not CSV/);
    expect(() => parseCsv(text)).toThrow(CommandError);
  });

  test('is read as it was written, whatever cells contain, with the line each record begins in', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '1'), maxLength: 6 });
    const written = (text: string, quoted: boolean) =>
      quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const row = fc.array(fc.tuple(cell, fc.boolean()), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const lines = rows.map((cells) => cells.map(([text, quoted]) => written(text, quoted)).join(','));
        let line = 1;
        const expected = rows.map((cells, i) => {
          const record = { line, cells: cells.map(([text]) => text) };
          line += (lines[i]?.split('\n').length ?? 1) - 1 + 1;
          return record;
        });
        expect(parseCsv(lines.map((text) => `${text}${end}`).join(''))).toEqual(expected);
      }),
    );
  });
});

describe('a time', () => {
  test.each([
    ['2026-03-02T10:00:00Z', AT],
    ['2026-03-02T10:00Z', AT],
    ['2026-03-02 10:00:00', AT],
    ['2026-03-02 10:00:00.0000000', AT],
    ['2026-03-02 10:00:00 UTC', AT],
    ['2026-03-02T12:30:00.250+02:30', AT + 250],
    ['2026-03-02T05:00:00-0500', AT],
    ['2026-03-02', Date.parse('2026-03-02T00:00:00Z')],
    ['1772445600', AT],
    ['1772445600.5', AT + 500],
    ['1772445600000', AT],
  ])('%s', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  test.each([
    '',
    'yesterday',
    '02/03/2026',
    '2026-02-30',
    '2026-13-01',
    '2026-03-02T24:00Z',
    '2026-03-02T10:60Z',
    '12',
    '1772445600000000',
  ])('%s is none', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  test('is the same moment in every notation', () => {
    const seconds = fc.integer({ min: 946_684_800, max: 7_258_118_399 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: -14 * 60, max: 14 * 60 }), (epoch, zone) => {
        const ms = epoch * 1_000;
        const two = (part: number) => String(part).padStart(2, '0');
        const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`;
        const local = new Date(ms + zone * 60_000).toISOString().slice(0, 19);
        const notations = [String(epoch), String(ms), new Date(ms).toISOString(), `${local}${offset}`];
        expect(notations.map(parseTime)).toEqual(notations.map(() => ms));
      }),
    );
  });
});

describe('a file', () => {
  const shown = (text: string, defaults: Parameters<typeof readCsv>[1] = none) =>
    readCsv(text, defaults).series.map(({ metric, unit, points }) => ({
      ...{ metric, unit, points: points.map(({ atMs, value, place }) => [(atMs - AT) / 1_000, value, place]) },
    }));

  test('of time and value has the metric and the unit that the options say', () => {
    expect(shown('time,value\n2026-03-02T10:00Z,1.5\n1772445660,-2e3\n', { metric: 'requests', unit: 'req' })).toEqual([
      {
        metric: 'requests',
        unit: 'req',
        points: [
          [0, 1.5, 'line 2'],
          [60, -2000, 'line 3'],
        ],
      },
    ]);
  });

  test('of time, metric, unit and value has several, in whatever order its columns are', () => {
    expect(shown('Unit,Value,Metric,Time\nms,5,p95,1772445600\n,7,orders,1772445600\nms,6,p95,1772445601')).toEqual([
      {
        metric: 'p95',
        unit: 'ms',
        points: [
          [0, 5, 'line 2'],
          [1, 6, 'line 4'],
        ],
      },
      { metric: 'orders', unit: undefined, points: [[0, 7, 'line 3']] },
    ]);
  });

  test('with a column for each metric has those, and names them as ids', () => {
    expect(
      shown('timestamp,orders,queue depth\n1772445600,1,2\n1772445660,,4\n', { metric: undefined, unit: '1' }),
    ).toEqual([
      { metric: 'orders', unit: '1', points: [[0, 1, 'line 2']] },
      {
        metric: 'queue-depth',
        unit: '1',
        points: [
          [0, 2, 'line 2'],
          [60, 4, 'line 3'],
        ],
      },
    ]);
  });

  test('that has wrong rows and cells gives the others, and counts those by what is wrong, with the first place', () => {
    const text =
      'time,metric,value\n1772445600,m,1\nlater,m,1\n1772445601,m,"1,5"\n1772445602,m,NaN\n1772445603,m\n1772445604,m,\n1772445605,,1\n';
    const { series, skipped } = readCsv(text, none);
    expect(series.flatMap(({ points }) => points)).toHaveLength(1);
    expect(Object.fromEntries(skipped)).toEqual({
      'time that cannot be read': { count: 1, first: 'line 3' },
      'value that is not a number': { count: 1, first: 'line 4' },
      'cell without a value': { count: 2, first: 'line 5' },
      'row of other than 3 cells': { count: 1, first: 'line 6' },
      'row without a metric': { count: 1, first: 'line 8' },
    });
  });

  test.each([
    { text: '', says: /is empty/ },
    { text: 'a,b\n', says: /no column is called time: the header has a, b/ },
    { text: 'time\n', says: /no column has values/ },
    { text: 'time,\n', says: /column 2 has no name/ },
    { text: 'time,value\n', says: /give --metric NAME/ },
    { text: 'time,value,host,metric\n', says: /not host/ },
    { text: 'time,a b,a-b\n1772445600,1,2\n', says: /"a b" and "a-b" would both be the metric a-b/ },
    { text: 'time,value,metric,unit\n1772445600,1,m,s\n1772445600,1,m,ms\n', says: /m has the units "s" and "ms"/ },
  ])('$text says what is wrong with it', ({ text, says }) => {
    expect(() => readCsv(text, none)).toThrow(says);
    expect(() => readCsv(text, none)).toThrow(CommandError);
  });

  test('of several metrics is not called by one name', () => {
    expect(() => readCsv('time,a,b\n', { metric: 'c', unit: undefined })).toThrow(/--metric names one metric/);
  });
});
