import { type Benchmark, benchmarkGroups } from '../registry.ts';
import type { BenchmarkResult, Machine } from './benchmark-result.ts';
import { type Figure, meetsAim } from './figure.ts';
import { durationInWords } from './list-benchmarks.ts';
import { writtenArguments } from './run-benchmark.ts';
import { scorecard, scorecardTable } from './scorecard.ts';

/** Processors that others had a part of: figures of such a run are told with that. */
const BUSY = 0.5;

/** docs/benchmarks.md, from what there is to run and the results that are stored: `npm run benchmarks-doc` writes it. */
export function benchmarksDocument(
  benchmarks: Readonly<Record<string, Benchmark>>,
  results: readonly BenchmarkResult[],
): string {
  const resultOf = (name: string) => results.find(({ benchmark }) => benchmark === name);
  const sections = Object.entries(benchmarkGroups).flatMap(([group, about]) => {
    const named = Object.entries(benchmarks).filter(([, benchmark]) => benchmark.group === group);
    const measured = named.flatMap(([name, { shows }]) => {
      const result = resultOf(name);
      return result ? [measuredSection(name, shows, result)] : [];
    });
    const rest = named.filter(([name]) => resultOf(name) === undefined);
    return [
      `## ${group[0]?.toUpperCase()}${group.slice(1)}: ${about}`,
      ...measured,
      ...(rest.length > 0 ? [unmeasured(rest)] : []),
    ];
  });
  return `# Benchmarks

Written by \`npm run -s benchmarks-doc\` from \`bench/results/*.json\`, which \`npm run bench -- NAME\` writes; \`npm run bench\` lists what there is.
What the product compares for its users (\`GET /v1/benchmarks\`) is in [comparisons.md](comparisons.md).

Every figure is of the run named above its table: one machine, one day, and never better than that. *Noise* is the median absolute
deviation of the rounds that a figure is the median of; figures without it were measured once, or follow from seeds. In parentheses
stands the 95 % interval where the benchmark has one; an aim counts as met by the figure itself. Where other
programs had a part of the processors, the run says so: times are longer then, and ratios to a peer of the same run hold.

\`npm run bench -- --compare [NAME...]\` runs again and exits 1 where a figure is worse by more than three standard deviations of its noise,
or 5 % where that is more (a figure of seeds: by anything). Times are compared on the same processor and Node only, and a time without noise not at all.

${overview(results)}

## Scorecard of analysis

What \`npm run bench -- scorecard\` prints with its figures: aims of stored runs, and nothing that was not run.

${scorecardTable(scorecard(results))}

${sections.join('\n\n')}
`;
}

function overview(results: readonly BenchmarkResult[]): string {
  const verdicts = results.flatMap(({ figures }) => figures.map(meetsAim)).filter((met) => met !== null);
  const missed = results.flatMap(({ benchmark, figures }) =>
    figures
      .filter((figure) => meetsAim(figure) === false)
      .map((figure) => `- ${benchmark}: ${inTable(figure.name)}, ${shown(figure)}; the aim is ${shownAim(figure)}`),
  );
  if (verdicts.length === 0) return 'No figure with an aim is stored yet.';
  const count = `${verdicts.length - missed.length} of ${verdicts.length} aims are met in the stored runs.`;
  return missed.length === 0 ? count : `${count} Missed are:\n\n${missed.join('\n')}`;
}

function measuredSection(name: string, shows: string, result: BenchmarkResult): string {
  const { date, commit, tookSeconds, machine } = result;
  const written = [name, ...writtenArguments(result.arguments)].filter((word) => word !== '').join(' ');
  const rows = result.figures.map((figure) => {
    const met = meetsAim(figure);
    const cells = [
      figure.name,
      shown(figure),
      figure.noise === undefined ? '' : shownNumber(figure.noise),
      shownAim(figure),
      met === null ? '' : met ? 'met' : 'missed',
    ];
    return `| ${cells.map(inTable).join(' | ')} |`;
  });
  return `### ${name}

${shows[0]?.toUpperCase()}${shows.slice(1)}.
\`npm run bench -- ${written}\`, ${date}, ${commit === null ? 'outside of a repository' : `commit ${commit}`}, ${tookSeconds} s; ${machineInWords(machine)}.

| figure | measured | noise | aim | |
|---|---|---|---|---|
${rows.join('\n')}`;
}

/** @param named what is not stored, with what it would show */
function unmeasured(named: readonly (readonly [string, Benchmark])[]): string {
  return `No figures are stored of:

${named.map(([name, { shows, seconds }]) => `- \`${name}\`: ${shows} (${durationInWords(seconds)})`).join('\n')}`;
}

function machineInWords({ cpu, cores, memoryGb, platform, node, loadBefore }: Machine): string {
  const busy = loadBefore > BUSY ? `; other programs ran beside it (load ${loadBefore})` : '';
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}${busy}`;
}

function shown({ value, unit, interval }: Figure): string {
  const within = interval ? ` (${shownNumber(interval[0])} to ${shownNumber(interval[1])})` : '';
  return value === null ? 'none' : `${shownNumber(value)}${within} ${unit}`.trimEnd();
}

function shownAim({ aim, betterIs, unit }: Figure): string {
  if (aim === undefined) return '';
  return `at ${betterIs === 'lower' ? 'most' : 'least'} ${shownNumber(aim)} ${unit}`.trimEnd();
}

/** Four digits, and all before the point. */
function shownNumber(value: number): string {
  const size = Math.abs(value);
  return size >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
}

function inTable(text: string): string {
  return text.replaceAll('|', '\\|');
}
