import { parseArgs } from 'node:util';
import type { SeriesDetector } from '../core/detect/series/detector.ts';
import { createDetector } from '../core/detect/series/registry.ts';
import { CommandError } from './command-error.ts';

/** Where points come from and readings go. */
export interface DetectStreams {
  /** Bytes as they arrive; what arrives together is answered together. */
  input: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written. */
  write: (text: string) => Promise<void>;
  /** What is wrong with a line, for a person. */
  tell: (line: string) => void;
}

/** Seconds after the year 5138, or before its mirror image: milliseconds, most likely. */
const MOST_S = 1e11;
const EXAMPLE = '{"series":"cpu","t":1700000000,"v":12.5}';

/**
 * `cli detect`: judges many series at once, online. One JSON line in, `{"series","t": epoch seconds,"v"}`; one line out in the same
 * order, `{"score","alarm"}` in 0..1, or `{"error"}` for a line that cannot be read. A bad line changes no series.
 * @throws CommandError when there are arguments
 */
export async function detect(args: string[], { input, write, tell }: DetectStreams): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  if (positionals.length > 0) throw new CommandError('detect reads its points from standard input: cli detect < FILE');
  const detectors = new Map<string, SeriesDetector>();
  let lineNumber = 0;
  const answer = (line: string): string => {
    lineNumber += 1;
    const read = readPoint(line);
    const reading = typeof read === 'string' ? read : observe(detectors, read);
    if (typeof reading !== 'string') return `${JSON.stringify({ score: reading.score, alarm: reading.alarm })}\n`;
    const error = `line ${lineNumber}: ${reading}`;
    tell(error);
    return `${JSON.stringify({ error })}\n`;
  };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of input) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) await write(lines.map(answer).join(''));
  }
  rest += decoder.decode();
  if (rest !== '') await write(answer(rest));
}

interface Point {
  series: string;
  t: number;
  v: number;
}

function observe(detectors: Map<string, SeriesDetector>, { series, t, v }: Point) {
  let detector = detectors.get(series);
  if (!detector) {
    detector = createDetector();
    detectors.set(series, detector);
  }
  try {
    return detector.observe(t * 1_000, v);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** @returns what is wrong with the line, and how to mend it, when it is no point */
function readPoint(line: string): Point | string {
  if (line.trim() === '') return `is empty; send one point a line, such as ${EXAMPLE}`;
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return `is not JSON: ${quoted(line)}; send one point a line, such as ${EXAMPLE}`;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    return `must be an object; got ${quoted(line)}; send for example ${EXAMPLE}`;
  const { series, t, v } = read as Record<string, unknown>;
  if (typeof series !== 'string' || series === '')
    return `"series" must be a text that names the series; got ${shown(series)}`;
  if (typeof t !== 'number' || !Number.isFinite(t))
    return `"t" must be a number of seconds since 1970 UTC, such as 1700000000; got ${shown(t)}`;
  if (Math.abs(t) > MOST_S) return `"t" must be in seconds; got ${t}, which looks like milliseconds: divide it by 1000`;
  if (typeof v !== 'number' || !Number.isFinite(v))
    return `"v" must be a finite number; got ${shown(v)}; leave a point without a value out`;
  return { series, t, v };
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : quoted(JSON.stringify(value) ?? 'nothing');
}

function quoted(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
