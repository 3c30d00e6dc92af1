import { type Benchmark, benchmarks } from '../registry.ts';
import type { BenchmarkResult } from './benchmark-result.ts';
import { type Figure, meetsAim } from './figure.ts';
import { writtenArguments } from './run-benchmark.ts';

/** What analysis is judged by, and the benchmarks that judge it, the one that says most first. */
export const subjects = {
  detect: ['detect', 'detection', 'burn-rate', 'seasonality', 'mix-shift', 'recurrence', 'causes'],
  forecast: ['forecast', 'predict'],
  allocate: ['allocate', 'recommendations'],
  loop: ['loop', 'responses'],
  effects: ['effects', 'effect-statistics'],
  learning: ['learning'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Subject = keyof typeof subjects;

/** A benchmark of a subject, as it was stored last. */
export interface ScoredBenchmark {
  benchmark: string;
  /** null where no result is stored: then nothing is known. */
  run: { date: string; commit: string | null; written: string; isMet: boolean } | null;
  figures: readonly { figure: Figure; met: boolean | null }[];
}

export interface ScoredSubject {
  subject: Subject;
  benchmarks: readonly ScoredBenchmark[];
  /** Of the figures with an aim that are stored. */
  met: number;
  missed: number;
  /** Benchmarks of which nothing is stored. */
  unknown: number;
}

/** Aims that are met and missed for each subject, of what is stored and nothing else: nothing is run, and nothing is supposed. */
export function scorecard(results: readonly BenchmarkResult[]): ScoredSubject[] {
  return (Object.keys(subjects) as Subject[]).map((subject) => {
    const scored = subjects[subject].map((name): ScoredBenchmark => {
      const result = results.find(({ benchmark }) => benchmark === name);
      if (!result) return { benchmark: name, run: null, figures: [] };
      const { date, commit, isMet, figures } = result;
      const written = [name, ...writtenArguments(result.arguments)].filter((word) => word !== '').join(' ');
      return {
        benchmark: name,
        run: { date, commit, written, isMet },
        figures: figures.map((figure) => ({ figure, met: meetsAim(figure) })),
      };
    });
    const verdicts = scored.flatMap(({ figures }) => figures.map(({ met }) => met));
    return {
      subject,
      benchmarks: scored,
      met: verdicts.filter((met) => met === true).length,
      missed: verdicts.filter((met) => met === false).length,
      unknown: scored.filter(({ run }) => run === null).length,
    };
  });
}

/** As `npm run bench -- scorecard` prints it. */
export function scorecardLines(
  card: readonly ScoredSubject[],
  known: Readonly<Record<string, Benchmark>> = benchmarks,
): string[] {
  return card.flatMap((scored) => [
    `${scored.subject}: ${inWords(scored)}`,
    ...scored.benchmarks.flatMap(({ benchmark, run, figures }) => {
      if (run === null) return [`  ${benchmark}: not stored yet (${known[benchmark]?.shows})`];
      const verdict = figures.some(({ met }) => met !== null)
        ? ''
        : `; without an aim${run.isMet ? '' : ', and it said that not all went well'}`;
      return [
        `  ${benchmark}: npm run bench -- ${run.written}, ${run.date}, ${run.commit === null ? 'outside of a repository' : `commit ${run.commit}`}${verdict}`,
        ...figures.map(
          ({ figure, met }) => `    ${figureInWords(figure)}${met === null ? '' : met ? ': met' : ': MISSED'}`,
        ),
      ];
    }),
    '',
  ]);
}

/** The same as a section of docs/benchmarks.md, without the figures, which stand below it. */
export function scorecardTable(card: readonly ScoredSubject[]): string {
  const rows = card.map(({ subject, benchmarks: scored, met, missed }) => {
    const stored = scored.filter(({ run }) => run !== null);
    const unknown = scored.filter(({ run }) => run === null);
    const runs = stored.map(({ run }) => `\`${run?.written}\` (${run?.date}, ${run?.commit ?? 'no commit'})`);
    return `| ${subject} | ${met} | ${missed} | ${runs.join(', ')} | ${unknown.map(({ benchmark }) => `\`${benchmark}\``).join(', ')} |`;
  });
  return `| subject | aims met | aims missed | stored runs | not stored yet |
|---|---|---|---|---|
${rows.join('\n')}`;
}

function inWords({ met, missed, unknown }: ScoredSubject): string {
  const parts = [
    met + missed > 0 ? `${met} of ${met + missed} stored aims met` : 'no aim stored yet',
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? 'benchmark' : 'benchmarks'} not stored yet`] : []),
  ];
  return parts.join(', ');
}

function figureInWords({ name, value, unit, aim, betterIs }: Figure): string {
  const figure = (it: number) => `${Number(it.toPrecision(4))} ${unit}`.trimEnd();
  const measured = value === null ? 'none' : figure(value);
  return `${name}: ${measured}${aim === undefined ? '' : `, aim at ${betterIs === 'lower' ? 'most' : 'least'} ${figure(aim)}`}`;
}
