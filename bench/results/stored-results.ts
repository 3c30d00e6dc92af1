import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { BenchmarkResult } from './benchmark-result.ts';

const folder = new URL('./', import.meta.url);
const fileOf = (benchmark: string) => new URL(`${benchmark}.json`, folder);
/** More digits than these are of no run. */
const DIGITS = 6;

/** @returns null where none was stored */
export function storedResult(benchmark: string): BenchmarkResult | null {
  const file = fileOf(benchmark);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BenchmarkResult) : null;
}

/** In the order of their names. */
export function storedResults(): BenchmarkResult[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().flatMap((name) => storedResult(name.slice(0, -'.json'.length)) ?? []);
}

export function storeResult(result: BenchmarkResult): void {
  writeFileSync(fileOf(result.benchmark), `${JSON.stringify(result, null, 2)}\n`);
}

/** As it is stored: with no more digits than mean something, and null for what is no number. */
export function storedNumber(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(DIGITS));
}
