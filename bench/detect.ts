import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tableLines } from '../lib/cli/table.ts';
import type { SeriesDetector } from '../lib/core/detect/series/detector.ts';
import { createDetector, type SeriesDetectorName, seriesDetectors } from '../lib/core/detect/series/registry.ts';
import { createRandom } from '../lib/sim/random.ts';
import { baselines } from './detect/baselines/registry.ts';
import { costPerPoint } from './detect/cost-per-point.ts';
import { eventCurve, eventF1, recallAtOneFalseAWeek, seriesWeeks } from './detect/event-score.ts';
import { findShifts } from './detect/find-shifts.ts';
import { type Shift, shifts } from './detect/inject-shift.ts';
import { type Judged, judge } from './detect/judge.ts';
import { type LabelledSeries, type LabelledSet, readLabelledSets } from './detect/labelled-series.ts';
import { bestNabThreshold, type NabProfile, nabProfiles } from './detect/nab-score.ts';
import { periodOf } from './detect/period.ts';
import { measuredBefore, published } from './detect/reference.ts';
import { scoredPart } from './detect/scored-part.ts';
import { tsbSeries, tsbVusPr } from './detect/tsb-series.ts';
import { vusPr } from './detect/vus-pr.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

/** Next to the project, like the recordings. */
const DATA = fileURLToPath(new URL('../../shared/data', import.meta.url));

interface Candidate {
  name: string;
  create: (series: LabelledSeries) => SeriesDetector;
}

type Sets = Record<LabelledSet, readonly LabelledSeries[]>;

const USAGE = `npm run bench -- detect [DETECTOR,...] [--data FOLDER] [--tune NAME=VALUE,...] [--halves SEED] [--misses] [--quick]
  --tune    settings of textbook detectors to try instead of the usual ones, a row for each combination
  --halves  the same figures for two random halves of the series as well
  --misses  every NAB window that was not found
  --quick   without injected shifts and cost`;

/** How well detectors of anomalies in a series find what people labelled. @returns whether there was something to measure with */
export function benchDetect(
  args: readonly string[],
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: DATA },
      tune: { type: 'string', multiple: true, default: [] },
      halves: { type: 'string' },
      misses: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const names = positionals[0]?.split(',') ?? [...Object.keys(seriesDetectors), ...Object.keys(baselines)];
  const candidates = names.flatMap((name) => candidatesOf(name, values.tune));
  const unknown = names.filter((name) => candidatesOf(name, []).length === 0);
  if (unknown.length > 0 || positionals.length > 1) {
    print(`${unknown.length > 0 ? `no detector is called ${unknown.join(', ')}\n` : ''}${USAGE}`);
    return false;
  }
  const found = readLabelledSets(values.data);
  if (found.status === 'missing') {
    print(
      `the labelled series are not at hand: ${found.paths.join(' and ')} missing; --data FOLDER says where they are`,
    );
    return false;
  }
  const { nab, ops } = found.sets;
  print(
    `${nab.length} series of NAB (threshold chosen on them), ${tsbSeries.size} of them as in TSB-AD, ${ops.length} of operations;`,
  );
  print('in brackets: measured before on the other halves, VUS-PR of TSB-AD over 14 series');
  const judged = candidates.map((candidate) => judgeAll(candidate, found.sets));
  printTable(
    judged.map((it) => accuracyRow(it)),
    ACCURACY,
    print,
  );
  for (const it of judged) recordAccuracy(it, record);
  if (values.halves !== undefined)
    for (const [i, half] of halvesOf(found.sets, Number(values.halves)).entries()) {
      print(`\nhalf ${i + 1} of 2, drawn with seed ${values.halves}:`);
      printTable(
        judged.map((it) => accuracyRow(only(it, half))),
        ACCURACY,
        print,
      );
    }
  if (values.misses) for (const it of judged) printMisses(it, print);
  if (!values.quick) {
    print(
      '\nshifts injected, found within 144 points at 1 false alarm in 1,000 points (chance: the same where none was injected):',
    );
    printTable(judged.map(shiftsRow), SHIFTS, print);
    print('\ncost of a point, and what is remembered as JSON:');
    printTable(
      judged.map((it) => costRow(it, found.sets)),
      COST,
      print,
    );
  }
  for (const line of ['', ...published]) print(line);
  return true;
}

interface JudgedSets {
  candidate: Candidate;
  nab: readonly Judged[];
  ops: readonly Judged[];
}

function judgeAll(candidate: Candidate, { nab, ops }: Sets): JudgedSets {
  const of = (series: readonly LabelledSeries[]) => series.map((it) => judge(it, candidate.create(it)));
  return { candidate, nab: of(nab), ops: of(ops) };
}

/** One candidate, or one for each combination of the settings to try; none where the name is unknown. */
function candidatesOf(name: string, tune: readonly string[]): Candidate[] {
  if (Object.hasOwn(seriesDetectors, name)) return [{ name, create: () => createDetector(name as SeriesDetectorName) }];
  const baseline = Object.hasOwn(baselines, name) ? baselines[name] : undefined;
  if (!baseline) return [];
  let combinations: Record<string, number>[] = [{ ...baseline.settings }];
  for (const [setting = '', given = ''] of tune.map((it) => it.split('=')))
    if (Object.hasOwn(baseline.settings, setting))
      combinations = combinations.flatMap((settings) =>
        given.split(',').map((value) => ({ ...settings, [setting]: Number(value) })),
      );
  return combinations.map((settings) => ({
    name:
      combinations.length === 1
        ? name
        : `${name} ${Object.entries(settings)
            .map((pair) => pair.join('='))
            .join(' ')}`,
    create: (series) => baseline.create(settings, series.v.length),
  }));
}

const ACCURACY = [
  'detector',
  'NAB standard',
  'low FP',
  'low FN',
  'windows',
  'TSB VUS-PR',
  'ops VUS-PR',
  'ops F1',
  'recall at 1/week',
  'delay, points',
  'false/series-week',
];

/** What one candidate comes to; VUS-PR of TSB-AD is null where none of its series is at hand. */
function accuracyOf({ nab, ops }: JudgedSets) {
  const corpus = nab.map(({ alarms, series }) => ({ strengths: alarms, windows: series.windows }));
  const scores = (Object.keys(nabProfiles) as NabProfile[]).map((it) => bestNabThreshold(corpus, nabProfiles[it]));
  const threshold = scores[0]?.threshold ?? Number.NaN;
  const tsb = nab.filter(({ series }) => tsbSeries.has(series.id)).map(tsbVusPr);
  const parts = ops.map(scoredPart);
  const opsVus = ops.flatMap(({ series }, i) => {
    const { scores, events } = parts[i]!;
    return events.length === 0 ? [] : [vusPr(scores, events, periodOf(series.v))];
  });
  const curve = eventCurve(parts);
  const weeks = seriesWeeks(parts);
  const best = curve.reduce((top, it) => (eventF1(it) > eventF1(top) ? it : top), curve[0]!);
  return {
    nabScores: scores.map(({ score }) => score),
    threshold,
    tsbVusPr: tsb.length === 0 ? null : mean(tsb),
    opsVusPr: mean(opsVus),
    opsF1: best ? eventF1(best) : 0,
    opsRecall: recallAtOneFalseAWeek(curve, weeks),
    delayPoints: best && best.found > 0 ? median(best.delays) : null,
    falseAWeek: best ? best.falseAlarms / weeks : null,
  };
}

function accuracyRow(judged: JudgedSets): string[] {
  const { name } = judged.candidate;
  const before = measuredBefore[name];
  const accuracy = accuracyOf(judged);
  return [
    name,
    ...accuracy.nabScores.map((score, i) => beside(score, before?.nab?.[i], 1)),
    foundWindows(judged.nab, accuracy.threshold),
    accuracy.tsbVusPr === null ? '-' : beside(accuracy.tsbVusPr, before?.tsbVusPr, 3),
    beside(accuracy.opsVusPr, before?.opsVusPr, 2),
    beside(accuracy.opsF1, before?.opsF1, 2),
    beside(accuracy.opsRecall, before?.opsRecall, 2),
    accuracy.delayPoints === null ? '-' : String(accuracy.delayPoints),
    accuracy.falseAWeek === null ? '-' : accuracy.falseAWeek.toFixed(2),
  ];
}

/** Of the detectors that ship; textbook ones are printed beside them. */
function recordAccuracy(judged: JudgedSets, record: RecordFigure): void {
  const { name } = judged.candidate;
  if (!Object.hasOwn(seriesDetectors, name)) return;
  const { nabScores, tsbVusPr, opsVusPr, opsF1, opsRecall } = accuracyOf(judged);
  const figures = { 'NAB standard': nabScores[0], 'TSB VUS-PR': tsbVusPr, 'ops VUS-PR': opsVusPr, 'ops F1': opsF1 };
  for (const [figure, value] of Object.entries({ ...figures, 'ops recall at one false alarm a week': opsRecall })) {
    record({ name: `${name}: ${figure}`, value: value ?? null, unit: '', betterIs: 'higher', kind: 'seeded' });
  }
}

const SHIFTS = ['detector', ...Object.keys(shifts), 'all', 'chance', 'false/1000', 'places'];

function shiftsRow({ candidate: { name, create }, nab, ops }: JudgedSets): string[] {
  const before = measuredBefore[name]?.shifts;
  const { byShift, all, chance, falseAlarmsPerThousand, places } = findShifts([...nab, ...ops], create);
  return [
    name,
    ...(Object.keys(shifts) as Shift[]).map((shift) => byShift[shift].toFixed(2)),
    beside(all, before?.[0], 2),
    beside(chance, before?.[1], 2),
    falseAlarmsPerThousand.toFixed(2),
    String(places),
  ];
}

const COST = ['detector', 'µs', 'bytes, median', 'most'];

function costRow({ candidate: { name, create }, nab, ops }: JudgedSets, sets: Sets): string[] {
  const bytes = [...nab, ...ops].map(({ stateBytes }) => stateBytes);
  const us = costPerPoint([...sets.nab, ...sets.ops], create);
  return [name, beside(us, measuredBefore[name]?.costUs, 2), String(median(bytes)), String(Math.max(...bytes))];
}

function foundWindows(nab: readonly Judged[], threshold: number): string {
  const all = nab.flatMap(({ series }) => series.windows).length;
  return `${all - missedWindows(nab, threshold).length} of ${all}`;
}

function missedWindows(nab: readonly Judged[], threshold: number): string[] {
  return nab.flatMap(({ series: { id, windows }, alarms }) =>
    windows
      .filter(([first, last]) => !alarms.subarray(first, last + 1).some((alarm) => alarm >= threshold))
      .map(([first, last]) => `${id} ${first}..${last}`),
  );
}

function printMisses({ candidate: { name }, nab }: JudgedSets, print: (line: string) => void): void {
  const corpus = nab.map(({ alarms, series }) => ({ strengths: alarms, windows: series.windows }));
  const { threshold } = bestNabThreshold(corpus, nabProfiles.standard);
  print(`\n${name} misses at threshold ${threshold}:`);
  for (const line of missedWindows(nab, threshold)) print(`  ${line}`);
}

/** Two random halves of each set. */
function halvesOf(sets: Sets, seed: number): ReadonlySet<LabelledSeries>[] {
  const halves = [new Set<LabelledSeries>(), new Set<LabelledSeries>()] as const;
  for (const [name, series] of Object.entries(sets)) {
    const random = createRandom(seed, name);
    const drawn = series.map((it) => ({ it, place: random.uniform() })).sort((a, b) => a.place - b.place);
    for (const [i, { it }] of drawn.entries()) halves[i % 2]?.add(it);
  }
  return [...halves];
}

function only({ candidate, nab, ops }: JudgedSets, series: ReadonlySet<LabelledSeries>): JudgedSets {
  const ofThese = (judged: readonly Judged[]) => judged.filter((it) => series.has(it.series));
  return { candidate, nab: ofThese(nab), ops: ofThese(ops) };
}

function beside(figure: number, before: number | undefined, digits: number): string {
  return before === undefined ? figure.toFixed(digits) : `${figure.toFixed(digits)} (${before.toFixed(digits)})`;
}

function printTable(rows: readonly string[][], header: readonly string[], print: (line: string) => void): void {
  for (const line of tableLines(header, rows, (column) => column > 0)) print(line);
}
