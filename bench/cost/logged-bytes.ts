import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** What CloudWatch Logs adds to each event when it counts bytes. */
const EVENT_OVERHEAD_BYTES = 26;

/** What the functions of a local cloud log: those of its files that grow. */
export class LoggedBytes {
  readonly #directory: string;
  readonly #seen = new Map<string, number>();
  /** Custom metrics that were written to the log in the embedded metric format, each with its dimensions. */
  readonly metrics = new Set<string>();

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, 'logs');
  }

  /** Bytes at the level WARN and above since the last time, by function, as CloudWatch counts them. */
  take(): Record<string, number> {
    const files = readdirSync(this.#directory).filter((name) => /^[A-Z]\w*\.log$/.test(name));
    return Object.fromEntries(
      files.map((name) => {
        const lines = this.#news(join(this.#directory, name))
          .split('\n')
          .filter((line) => line !== '');
        for (const line of lines) this.#noteMetrics(line);
        const bytes = lines.reduce(
          (sum, line) => sum + (isQuiet(line) ? 0 : Buffer.byteLength(line) + EVENT_OVERHEAD_BYTES),
          0,
        );
        return [name.slice(0, -4), bytes];
      }),
    );
  }

  #news(file: string): string {
    if (!existsSync(file)) return '';
    const handle = openSync(file, 'r');
    const [from, to] = [this.#seen.get(file) ?? 0, fstatSync(handle).size];
    const bytes = Buffer.alloc(to - from);
    readSync(handle, bytes, 0, bytes.byteLength, from);
    closeSync(handle);
    this.#seen.set(file, to);
    return bytes.toString('utf8');
  }

  #noteMetrics(line: string): void {
    const embedded = jsonOf(line)?.['_aws'] as
      | { CloudWatchMetrics?: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] }
      | undefined;
    const values = jsonOf(line) ?? {};
    for (const { Namespace, Dimensions, Metrics } of embedded?.CloudWatchMetrics ?? []) {
      for (const dimensions of Dimensions) {
        const of = dimensions.map((name) => `${name}=${String(values[name])}`).join(',');
        for (const { Name } of Metrics) this.metrics.add(`${Namespace} ${of} ${Name}`);
      }
    }
  }
}

/** Below WARN, which Lambda keeps from CloudWatch in production. Metrics pass. */
function isQuiet(line: string): boolean {
  const { level, _aws } = jsonOf(line) ?? {};
  return _aws === undefined && (level === 'INFO' || level === 'DEBUG' || level === 'TRACE');
}

function jsonOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
