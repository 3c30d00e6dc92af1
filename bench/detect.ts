import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tableLines } from '../lib/cli/table.ts';
import { baselines } from './detect/baselines/registry.ts';
import { type Judged, judge } from './detect/judge.ts';
import { readLabelledSets } from './detect/labelled-series.ts';
import { bestNabThreshold, type NabProfile, nabProfiles } from './detect/nab-score.ts';

/** Next to the project, like the recordings. */
const DATA = fileURLToPath(new URL('../../shared/data', import.meta.url));

/** How well detectors of anomalies in a series find what people labelled. @returns whether there was something to measure with */
export function benchDetect(args: readonly string[], print: (line: string) => void): boolean {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { data: { type: 'string', default: DATA } },
    allowPositionals: true,
  });
  const found = readLabelledSets(values.data);
  if (found.status === 'missing') {
    print(`the labelled series are not at hand: ${found.paths.join(' and ')} are missing`);
    return false;
  }
  const names = positionals[0]?.split(',') ?? Object.keys(baselines);
  const rows = names.map((name) => {
    const { create, settings } = baselines[name]!;
    const nab = found.sets.nab.map((series) => judge(series, create(settings, series.v.length)));
    return [name, ...nabFigures(nab)];
  });
  for (const line of tableLines(['detector', 'standard', 'low FP', 'low FN'], rows)) print(line);
  return true;
}

function nabFigures(judged: readonly Judged[]): string[] {
  const corpus = judged.map(({ alarms, series }) => ({ strengths: alarms, windows: series.windows }));
  return (Object.keys(nabProfiles) as NabProfile[]).map((profile) =>
    bestNabThreshold(corpus, nabProfiles[profile]).score.toFixed(1),
  );
}
