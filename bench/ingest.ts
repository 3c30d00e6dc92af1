import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, bundle, byPackage } from './ingest/bundle.ts';
import { importTimes } from './ingest/import-time.ts';
import type { Throughput } from './ingest/measure-throughput.ts';
import { serveNullStore } from './ingest/null-store.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const IMPORTS = 15;
const MAX_BUNDLE_KB = 400;
const MAX_IMPORT_RATIO = 1.3;
const MIN_SPEED_RATIO = 0.5;

/** Nothing of it is real: the store behind it keeps nothing, and no limit is reached. */
const env = {
  ...process.env,
  STATE_TABLE: 'state',
  ROLLUPS_TABLE: 'rollups',
  EDGE_AUTH: '{"kind":"key"}',
  INGEST_LIMIT: '{"eventsPerSecond":1000000000,"burst":1000000000}',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};

/**
 * How fast ingest is beside the parser alone, and how much of it there is to load. What is measured is the bundle that
 * is deployed, in a process of its own, called as Lambda does, over a store that keeps nothing.
 */
export async function benchIngest(
  rounds: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  try {
    const ingest = await bundle(sourceOf('../functions/ingest.ts'), join(directory, 'ingest.mjs'));
    const bare = await bundle(sourceOf('./ingest/bare-clients.ts'), join(directory, 'bare.mjs'));
    reportBundle(ingest, bare, print, record);
    reportImport(ingest, bare, print, record);
    print(`throughput, without a network (node:http answers by itself), medians of ${rounds} rounds:`);
    for (const throughput of await measure(ingest, rounds)) {
      reportThroughput(throughput, print);
      recordThroughput(throughput, 'without a network', record);
    }
    const store = await serveNullStore();
    print('throughput, over the loopback interface (a server in another process answers):');
    for (const throughput of await measure(ingest, rounds, store.url)) {
      reportThroughput(throughput, print);
      recordThroughput(throughput, 'over loopback', record);
    }
    store.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure({ path }: Bundle, rounds: number, storeUrl?: string): Promise<Throughput[]> {
  const program = sourceOf('./ingest/measure-throughput.ts');
  const args = [program, path, String(rounds), ...(storeUrl ? [storeUrl] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 10_000_000 });
  return JSON.parse(stdout) as Throughput[];
}

function reportBundle(ingest: Bundle, bare: Bundle, print: (line: string) => void, record: RecordFigure): void {
  const size = ingest.bytes / 1_000;
  record({ name: 'bundle', value: size, unit: 'KB', betterIs: 'lower', kind: 'seeded', aim: MAX_BUNDLE_KB });
  print(
    `bundle: ${size.toFixed(1)} KB without the source map (at most ${MAX_BUNDLE_KB}: ${met(size <= MAX_BUNDLE_KB)}); the bare clients ${(bare.bytes / 1_000).toFixed(1)} KB`,
  );
  const listed = (entries: readonly [string, number][]) =>
    entries.map(([name, bytes]) => `${name} ${(bytes / 1_000).toFixed(1)}`).join(', ');
  print(`  by package, KB: ${listed(byPackage(ingest).slice(0, 10))}`);
  print(`  largest inputs, KB: ${listed(ingest.inputs.slice(0, 15))}`);
}

function reportImport(ingest: Bundle, bare: Bundle, print: (line: string) => void, record: RecordFigure): void {
  const [ours, theirs] = importTimes([ingest.path, bare.path], IMPORTS, env);
  if (!ours || !theirs) return;
  const ratio = ours.wallMs / theirs.wallMs;
  record({
    ...{ name: 'import beside the clients alone', value: ratio, unit: 'times', betterIs: 'lower', kind: 'ratio' },
    ...{ aim: MAX_IMPORT_RATIO, noise: ratio * (ours.wallNoise / ours.wallMs + theirs.wallNoise / theirs.wallMs) },
  });
  record({ name: 'import', value: ours.wallMs, unit: 'ms', betterIs: 'lower', noise: ours.wallNoise });
  print(
    `import, medians of ${IMPORTS} processes: ${ours.wallMs.toFixed(1)} ms (CPU ${ours.cpuMs.toFixed(1)}), the bare clients ${theirs.wallMs.toFixed(1)} ms (CPU ${theirs.cpuMs.toFixed(1)}): ${ratio.toFixed(2)} times (at most ${MAX_IMPORT_RATIO}: ${met(ratio <= MAX_IMPORT_RATIO)})`,
  );
}

function reportThroughput(throughput: Throughput, print: (line: string) => void): void {
  const { name, events, bodyBytes, journalBytes, handler, reference, cpuRatio, wallRatio, stages } = throughput;
  const rate = (us: number) => `${Math.round((events * 1_000) / us).toLocaleString('en')},000`;
  print(
    `${name}: ${events} events, ${kb(bodyBytes)} KB, ${kb(journalBytes)} KB in the journal: ${rate(handler.wallUs)} events/s, ${rate(handler.cpuUs)} per CPU second; ${reference.name} alone ${rate(reference.cpuUs)}; ratio ${cpuRatio.toFixed(2)} of CPU time, ${wallRatio.toFixed(2)} of real time (at least ${MIN_SPEED_RATIO}: ${met(cpuRatio >= MIN_SPEED_RATIO)})`,
  );
  if (stages.length === 0) return;
  const known = stages.reduce((sum, [, us]) => sum + us, 0);
  const all: [string, number][] = [...stages, ['rest', handler.cpuUs - known]];
  print(
    `  µs of CPU: ${all.map(([stage, us]) => `${stage} ${us.toFixed(0)}`).join(', ')}; sum ${handler.cpuUs.toFixed(0)}`,
  );
}

function recordThroughput(
  { name, events, handler, reference, cpuRatio, cpuRatioNoise, handlerNoise }: Throughput,
  how: string,
  record: RecordFigure,
): void {
  const isAsked = how === 'without a network';
  record({
    ...{ name: `${name}, ${how}, beside ${reference.name}`, value: cpuRatio, unit: 'of its speed', betterIs: 'higher' },
    ...{ kind: 'ratio', noise: cpuRatioNoise, ...(isAsked ? { aim: MIN_SPEED_RATIO } : {}) },
  });
  const rate = (events * 1e6) / handler.cpuUs;
  record({
    ...{ name: `${name}, ${how}`, value: rate, unit: 'events/CPU second', betterIs: 'higher' },
    noise: (rate * handlerNoise) / handler.cpuUs,
  });
}

function kb(bytes: number): string {
  return (bytes / 1_000).toFixed(0);
}

function met(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}

function sourceOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
