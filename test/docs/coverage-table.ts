/** One name of the specification, and where docs/coverage.md says that it is. */
export interface CoverageRow {
  section: string;
  subsection: string;
  name: string;
  meaning: string;
  /** Cells as written: see {@link modulesIn}, {@link entrancesIn} and {@link testsIn}. */
  modules: string;
  reachedBy: string;
  tests: string;
  line: number;
}

const COLUMNS = 5;

/**
 * Every row of every table, with the headings that it stands under.
 * @throws RangeError for a row that has not five cells, naming its line
 */
export function readCoverage(markdown: string): CoverageRow[] {
  const rows: CoverageRow[] = [];
  let [section, subsection] = ['', ''];
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    if (text.startsWith('## ')) [section, subsection] = [text.slice(3), ''];
    else if (text.startsWith('### ')) subsection = text.slice(4);
    if (!text.startsWith('| ') || text.startsWith('| Name |')) continue;
    const cells = text.split('|').slice(1, -1);
    const [name = '', meaning = '', modules = '', reachedBy = '', tests = ''] = cells.map((cell) => cell.trim());
    if (cells.length !== COLUMNS)
      throw new RangeError(`line ${line} has ${cells.length} cells, not ${COLUMNS}: ${text}`);
    rows.push({ section, subsection, name: name.replaceAll('`', ''), meaning, modules, reachedBy, tests, line });
  }
  return rows;
}

/** `path` `name` of a cell, one a line; null where a line is something else. */
export function modulesIn(cell: string): ({ path: string; name: string } | null)[] {
  return cell.split('<br>').map((text) => {
    const [, path, name] = /^`([^`]+)` `(\w+)`$/.exec(text.trim()) ?? [];
    return path !== undefined && name !== undefined ? { path, name } : null;
  });
}

/** What kind of entrance, and which: API `GET /v1/fleet`, command `why`. Null where something else is written. */
export function entrancesIn(cell: string): ({ kind: string; id: string } | null)[] {
  return cell.split(', ').map((text) => {
    const [, kind, id] = /^(\w+) `([^`]+)`$/.exec(text.trim()) ?? [];
    return kind !== undefined && id !== undefined ? { kind, id } : null;
  });
}

/** `path` “group › sentence” of a cell, one a line; null where a line is something else. */
export function testsIn(cell: string): ({ path: string; titles: string[] } | null)[] {
  return cell.split('<br>').map((text) => {
    const [, path, sentence] = /^`([^`]+)` “([^”]+)”$/.exec(text.trim()) ?? [];
    return path !== undefined && sentence !== undefined ? { path, titles: sentence.split(' › ') } : null;
  });
}
