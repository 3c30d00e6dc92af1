import { CommandError } from '../command-error.ts';
import { type CsvRecord, parseCsv } from './parse-csv.ts';
import { parseTime } from './parse-time.ts';
import { type RecordedFile, Recording } from './recorded-series.ts';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const TIME_NAMES = ['time', 'timestamp'];

/** What to call a metric, and its unit, where the file does not say. */
export interface CsvDefaults {
  metric: string | undefined;
  unit: string | undefined;
}

/** Finds the metrics in a record. */
type ReadCells = (cells: readonly string[]) => { called: string; unit: string | undefined; text: string }[];

/**
 * Reads a CSV file with a header: `time` and `value` with an optional `metric` and `unit`, or `time` and a column for each
 * metric. Rows and cells that cannot be read are left out and counted.
 * @throws CommandError when the columns are not those, or it is no CSV
 */
export function readCsv(text: string, defaults: CsvDefaults): RecordedFile {
  const [header, ...rows] = parseCsv(text);
  if (!header) throw new CommandError('the file is empty');
  const names = header.cells.map((name) => name.trim());
  const timeColumn = names.findIndex((name) => TIME_NAMES.includes(name.toLowerCase()));
  if (timeColumn < 0) throw new CommandError(`no column is called time: the header has ${names.join(', ')}`);
  const readCells = names.some((name) => name.toLowerCase() === 'value')
    ? longRows(names, timeColumn, defaults)
    : wideRows(names, timeColumn, defaults);
  const recording = new Recording();
  for (const row of rows) readRow(recording, row, names.length, timeColumn, readCells);
  return recording;
}

function readRow(
  recording: Recording,
  { line, cells }: CsvRecord,
  columns: number,
  timeColumn: number,
  readCells: ReadCells,
): void {
  const place = `line ${line}`;
  const atMs = parseTime(cells[timeColumn]?.trim() ?? '');
  if (cells.length !== columns || atMs === undefined) {
    recording.skip(cells.length === columns ? 'time that cannot be read' : `row of other than ${columns} cells`, place);
    return;
  }
  for (const { called, unit, text } of readCells(cells)) {
    const value = text.trim();
    if (/^(|null|none|na|n\/a|[+-]?(nan|inf|infinity))$/i.test(value)) recording.skip('cell without a value', place);
    else if (!NUMBER.test(value)) recording.skip('value that is not a number', place);
    else if (called === '') recording.skip('row without a metric', place);
    else recording.of(called, unit).points.push({ atMs, value: Number(value), place });
  }
}

function longRows(names: readonly string[], timeColumn: number, { metric, unit }: CsvDefaults): ReadCells {
  const column = (wanted: string) => names.findIndex((name) => name.toLowerCase() === wanted);
  const [value, metricColumn, unitColumn] = [column('value'), column('metric'), column('unit')];
  const known = [timeColumn, value, metricColumn, unitColumn];
  const others = names.filter((_, i) => !known.includes(i));
  if (others.length > 0) {
    throw new CommandError(
      `beside time and value there can be metric and unit, not ${others.join(', ')}; or time and a column for each metric, none of them called value`,
    );
  }
  if (metricColumn < 0 && metric === undefined) throw new CommandError('the file names no metric: give --metric NAME');
  return (cells) => [
    {
      called: cells[metricColumn]?.trim() || (metric ?? ''),
      unit: cells[unitColumn]?.trim() || unit,
      text: cells[value] ?? '',
    },
  ];
}

function wideRows(names: readonly string[], timeColumn: number, { metric, unit }: CsvDefaults): ReadCells {
  const columns = names.flatMap((name, index) => (index === timeColumn ? [] : [{ name, index }]));
  if (columns.length === 0)
    throw new CommandError('no column has values: give time and value, or a column for each metric');
  const unnamed = columns.find(({ name }) => name === '');
  if (unnamed) throw new CommandError(`column ${unnamed.index + 1} has no name in the header`);
  if (metric !== undefined && columns.length > 1) {
    throw new CommandError(`--metric names one metric, and the file has ${columns.length}: ${names.join(', ')}`);
  }
  return (cells) => columns.map(({ name, index }) => ({ called: metric ?? name, unit, text: cells[index] ?? '' }));
}
