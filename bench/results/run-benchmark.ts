import type { Benchmark, BenchmarkPorts } from '../registry.ts';
import type { BenchmarkResult } from './benchmark-result.ts';
import type { Figure } from './figure.ts';
import { storedNumber } from './stored-results.ts';
import { thisCommit, thisMachine } from './this-machine.ts';

/** What is given, then what nobody gave. */
export function completeArguments({ parameters }: Pick<Benchmark, 'parameters'>, given: readonly string[]): string[] {
  const usual = Object.values(parameters);
  return [...given, ...usual.slice(given.length)];
}

/** By the names of the parameters; what is beyond them as it was written. */
export function namedArguments(
  { parameters }: Pick<Benchmark, 'parameters'>,
  complete: readonly string[],
): Record<string, string> {
  const names = Object.keys(parameters);
  const rest = complete.slice(names.length);
  return {
    ...Object.fromEntries(names.map((name, i) => [name, complete[i] ?? ''])),
    ...(rest.length > 0 ? { more: rest.join(' ') } : {}),
  };
}

/** As they are written behind the name: what `namedArguments` was made of. */
export function writtenArguments({ more, ...named }: Record<string, string>): string[] {
  return [...Object.values(named), ...(more === undefined ? [] : more.split(' '))];
}

/** Runs a benchmark to its end, and keeps what it records. */
export async function runBenchmark(
  name: string,
  benchmark: Benchmark,
  given: readonly string[],
  ports: Omit<BenchmarkPorts, 'record'>,
): Promise<BenchmarkResult> {
  const [machine, commit, startedMs] = [thisMachine(), thisCommit(), performance.now()];
  const args = completeArguments(benchmark, given);
  const figures = new Map<string, Figure>();
  const record = (figure: Figure) => {
    if (figures.has(figure.name)) throw new RangeError(`two figures of ${name} are called ${figure.name}`);
    const { noise, interval, ...rest } = figure;
    const spread = storedNumber(noise ?? null);
    const [low = null, high = null] = interval?.map(storedNumber) ?? [];
    figures.set(figure.name, {
      ...rest,
      value: storedNumber(figure.value),
      ...(low === null || high === null ? {} : { interval: [low, high] }),
      ...(spread === null ? {} : { noise: spread }),
    });
  };
  const isMet = await benchmark.run(args, { ...ports, record });
  return {
    benchmark: name,
    arguments: namedArguments(benchmark, args),
    date: new Date().toISOString().slice(0, 10),
    commit,
    tookSeconds: Math.round((performance.now() - startedMs) / 1_000),
    isMet,
    machine,
    figures: [...figures.values()],
  };
}
