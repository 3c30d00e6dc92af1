import { tableLines } from '../lib/cli/table.ts';
import { type Dependency, type FaultKind, faultKinds, wordsOf } from './fault-matrix/dependency.ts';
import { type CellOutcome, runCell } from './fault-matrix/run-cell.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';
import { withAssembly } from './with-assembly.ts';

/** While the fault lasts: of the alert from the death of the agent, of the alarm from the beginning of the fault. */
const TOLD_WITHIN_MIN = 10;

const NOTHING = 'nothing';

interface Row {
  dependency: string;
  kind: FaultKind;
  outcome: CellOutcome;
}

/**
 * Everything that a function leans on times everything that may be wrong with it: for ten minutes of half an hour, while forty agents
 * report to the local cloud, and one of them dies. What functions lean on is what they call where nothing is wrong.
 * @param only rows whose dependency has this in its name; `all` without
 * @returns whether nothing was lost, doubled or wrong, and people or those who run the service were told each time
 */
export async function benchFaultMatrix(
  { only }: { only: string },
  print: (line: string) => void,
  tell: (line: string) => void = () => {},
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  return withAssembly('dev', async (assemblyDirectory) => {
    const found = new Map<string, Dependency>();
    const control = await runCell({ cell: undefined, assemblyDirectory }, (dependency) =>
      found.set(wordsOf(dependency), dependency),
    );
    print(`nothing wrong: ${wordsOfOutcome(control)}`);
    const dependencies = [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([name]) => only === 'all' || name.includes(only));
    const rows: Row[] = [];
    for (const [name, dependency] of dependencies) {
      for (const kind of Object.keys(faultKinds) as FaultKind[]) {
        const outcome = await runCell({ cell: { dependency, kind }, assemblyDirectory });
        rows.push({ dependency: name, kind, outcome });
        tell(`${name}, ${kind}: ${wordsOfOutcome(outcome)}`);
      }
    }
    for (const [kind, what] of Object.entries(faultKinds)) print(`${kind}: ${what}`);
    for (const line of tableLines(columns, rows.map(cellsOf))) print(line);
    return judge([{ dependency: NOTHING, kind: 'slow', outcome: control }, ...rows], print, record);
  });
}

const columns = [
  'depends on',
  'fault',
  'faults',
  'sent again',
  'lost',
  'doubled',
  'wrong',
  'all stored',
  'alert',
  'alarm',
];

const minutes = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} min`);

function cellsOf({ dependency, kind, outcome }: Row): string[] {
  const { faults, refusals, lost, doubled, wrongFigures, settledAfterMin, alertAfterMin, alarmAfterMin } = outcome;
  const counts = [faults, refusals, lost, doubled, wrongFigures].map(String);
  return [dependency, kind, ...counts, minutes(settledAfterMin), minutes(alertAfterMin), minutes(alarmAfterMin)];
}

function wordsOfOutcome(outcome: CellOutcome): string {
  const { faults, lost, doubled, wrongFigures, settledAfterMin, alertAfterMin, alarmAfterMin } = outcome;
  return `${faults} faults, ${lost} lost, ${doubled} doubled, ${wrongFigures} agents with wrong figures, stored after ${minutes(settledAfterMin)}, alert after ${minutes(alertAfterMin)}, alarm after ${minutes(alarmAfterMin)}`;
}

function judge(rows: readonly Row[], print: (line: string) => void, record: RecordFigure): boolean {
  const sum = (of: (outcome: CellOutcome) => number) => rows.reduce((all, { outcome }) => all + of(outcome), 0);
  const within = (after: number | null) => after !== null && after <= TOLD_WITHIN_MIN;
  const untold = rows.filter(({ outcome }) => !within(outcome.alertAfterMin) && !within(outcome.alarmAfterMin));
  const never = rows.filter(({ outcome }) => outcome.alertAfterMin === null);
  const unsettled = rows.filter(({ outcome }) => outcome.settledAfterMin === null);
  const unhit = rows.filter(({ dependency, outcome }) => dependency !== NOTHING && outcome.faults === 0);
  for (const row of untold) print(`nobody was told within ${TOLD_WITHIN_MIN} min: ${row.dependency}, ${row.kind}`);
  for (const row of never) print(`no alert at all: ${row.dependency}, ${row.kind}`);
  const none = { unit: '', betterIs: 'lower', kind: 'seeded', aim: 0 } as const;
  const figures = [
    { name: 'accepted events lost', value: sum(({ lost }) => lost) },
    { name: 'events doubled', value: sum(({ doubled }) => doubled) },
    { name: 'agents with wrong figures', value: sum(({ wrongFigures }) => wrongFigures) },
    { name: 'cells where not everything was stored in the end', value: unsettled.length },
    { name: 'cells in which neither an alert nor an alarm told of it in time', value: untold.length },
    { name: 'cells without an alert', value: never.length },
    { name: 'cells that no fault fell into', value: unhit.length },
  ];
  for (const figure of figures) record({ ...figure, ...none });
  record({ name: 'cells', value: rows.length, unit: '', betterIs: 'higher', kind: 'seeded' });
  record({ name: 'faults', value: sum(({ faults }) => faults), unit: '', betterIs: 'higher' });
  const settled = rows.flatMap(({ outcome }) => outcome.settledAfterMin ?? []);
  record({ name: 'all stored after the fault, at most', value: Math.max(...settled), unit: 'min', betterIs: 'lower' });
  return figures.every(({ value }) => value === 0);
}
