import { CommandError } from '../command-error.ts';

/** One record of a CSV file, with the line that it begins in. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

/**
 * Records of a CSV file with commas, as RFC 4180 has it: cells in quotation marks may contain commas, line breaks and
 * doubled quotation marks. Lines may end in LF as well, a byte order mark is ignored, and so are empty lines.
 * @throws CommandError naming the line where a quotation mark stands inside a cell or is not closed
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @example parseCsv('a,"b ""c"""\n1,') // cells ['a', 'b "c"'] of line 1, ['1', ''] of line 2
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  // A cell in quotation marks or without any, and what ends it.
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;
  cell.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let record: CsvRecord = { line, cells: [] };
  while (cell.lastIndex < text.length || record.cells.length > 0) {
    const match = cell.exec(text);
    if (!match) {
      throw new CommandError(
        `line ${line} is not CSV: a cell with a quotation mark must begin and end with one, and double those within`,
      );
    }
    const [whole, quoted, plain = '', end] = match;
    record.cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (record.cells.length > 1 || quoted !== undefined || plain !== '') records.push(record);
    record = { line, cells: [] };
  }
  return records;
}
