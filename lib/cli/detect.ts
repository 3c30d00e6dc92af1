import type { SeriesDetector } from '../core/detect/series/detector.ts';
import { createDetector } from '../core/detect/series/registry.ts';
import { answerLines, type LineStreams, readJsonLine, shown } from './answer-lines.ts';
import { detectCommand } from './commands/detect.ts';
import { readCommand } from './read-command.ts';

/** Seconds after the year 5138, or before its mirror image: milliseconds, most likely. */
const MOST_S = 1e11;
const EXAMPLE = '{"series":"cpu","t":1700000000,"v":12.5}';

/**
 * `cli detect`: judges many series at once, online. One JSON line in, `{"series","t": epoch seconds,"v"}`; one line out in the same
 * order, `{"score","alarm"}` in 0..1, or `{"error"}` for a line that cannot be read. A bad line changes no series.
 * @throws CommandError when there are arguments
 */
export async function detect(args: string[], streams: LineStreams): Promise<void> {
  readCommand(detectCommand, args);
  const detectors = new Map<string, SeriesDetector>();
  await answerLines(streams, (line) => {
    const point = readPoint(line);
    const reading = typeof point === 'string' ? point : observe(detectors, point);
    if (typeof reading === 'string') return { problem: reading };
    return { answer: { score: reading.score, alarm: reading.alarm } };
  });
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
  const read = readJsonLine(line, EXAMPLE);
  if (typeof read === 'string') return read;
  const { series, t, v } = read;
  if (typeof series !== 'string' || series === '')
    return `"series" must be a text that names the series; got ${shown(series)}`;
  if (typeof t !== 'number' || !Number.isFinite(t))
    return `"t" must be a number of seconds since 1970 UTC, such as 1700000000; got ${shown(t)}`;
  if (Math.abs(t) > MOST_S) return `"t" must be in seconds; got ${t}, which looks like milliseconds: divide it by 1000`;
  if (typeof v !== 'number' || !Number.isFinite(v))
    return `"v" must be a finite number; got ${shown(v)}; leave a point without a value out`;
  return { series, t, v };
}
