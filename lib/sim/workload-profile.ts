import { type Arrival, type Service, services } from './arrival.ts';

const MINUTE_MS = 60_000;
/** Sizes drift within the hour (chats get shorter as they get more frequent); ten minutes still hold enough of them. */
const BLOCK_MINUTES = 10;
/** Finer at the upper end: there lie the requests that take the most work. */
const LEVELS = [
  0, 0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
  0.98, 0.99, 0.995, 1,
];

/**
 * What is kept of a recorded workload: enough to draw one with the same minutes and the same sizes, without the
 * requests themselves. Lost are bursts shorter than a minute and any order among the requests of ten minutes.
 */
export interface WorkloadProfile {
  citation: { dataset: string; license: string; url: string; paper: string };
  /** ISO 8601 UTC, start of minute 0. */
  from: string;
  minutes: number;
  /** Probabilities 0..1, ascending from 0 to 1, of every list of quantiles below. */
  levels: readonly number[];
  services: Readonly<Record<Service, ServiceProfile>>;
}

export interface ServiceProfile {
  arrivalsPerMinute: readonly number[];
  /** Length of a block; block b covers the minutes from b · blockMinutes on. */
  blockMinutes: number;
  blocks: readonly SizeProfile[];
}

/** Sizes within one block, in tokens; empty lists where nothing arrived. */
export interface SizeProfile {
  inputTokens: readonly number[];
  /** For the requests with the smallest, middle and largest third of the inputs: keeps output dependent on input. */
  outputTokensByInputThird: readonly (readonly number[])[];
}

/**
 * Summarizes a workload.
 * @param fromMs epoch ms, start of minute 0
 * @param minutes length, 1 or more
 * @throws RangeError when an arrival lies outside, or a block that is not empty holds fewer than three arrivals
 */
export function profileWorkload(
  arrivals: readonly Arrival[],
  fromMs: number,
  minutes: number,
  citation: WorkloadProfile['citation'],
): WorkloadProfile {
  const outside = arrivals.find(({ atMs }) => atMs < fromMs || atMs >= fromMs + minutes * MINUTE_MS);
  if (outside) throw new RangeError(`arrival at ${outside.atMs} lies outside the ${minutes} minutes from ${fromMs}`);
  const profiles = services.map((service): [Service, ServiceProfile] => {
    const own = arrivals.filter((arrival) => arrival.service === service);
    return [service, profileService(own, fromMs, minutes)];
  });
  return {
    citation,
    from: new Date(fromMs).toISOString(),
    minutes,
    levels: LEVELS,
    services: Object.fromEntries(profiles) as Record<Service, ServiceProfile>,
  };
}

function profileService(arrivals: readonly Arrival[], fromMs: number, minutes: number): ServiceProfile {
  const arrivalsPerMinute = new Array<number>(minutes).fill(0);
  const blocks = Array.from({ length: Math.ceil(minutes / BLOCK_MINUTES) }, (): Arrival[] => []);
  for (const arrival of arrivals) {
    const minute = Math.floor((arrival.atMs - fromMs) / MINUTE_MS);
    arrivalsPerMinute[minute] = (arrivalsPerMinute[minute] ?? 0) + 1;
    blocks[Math.floor(minute / BLOCK_MINUTES)]?.push(arrival);
  }
  return { arrivalsPerMinute, blockMinutes: BLOCK_MINUTES, blocks: blocks.map(profileSizes) };
}

function profileSizes(arrivals: readonly Arrival[]): SizeProfile {
  if (arrivals.length === 0) return { inputTokens: [], outputTokensByInputThird: [[], [], []] };
  if (arrivals.length < 3) throw new RangeError(`a block needs 3 arrivals or more; got ${arrivals.length}`);
  const byInput = [...arrivals].sort((one, other) => one.inputTokens - other.inputTokens);
  const thirdAt = (third: number) => Math.round((third * byInput.length) / 3);
  return {
    inputTokens: quantiles(byInput.map(({ inputTokens }) => inputTokens)),
    outputTokensByInputThird: [0, 1, 2].map((third) =>
      quantiles(byInput.slice(thirdAt(third), thirdAt(third + 1)).map(({ outputTokens }) => outputTokens)),
    ),
  };
}

/** Linear between order statistics (type 7 of Hyndman and Fan, 1996), to the nearest token. */
function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((one, other) => one - other);
  return LEVELS.map((level) => {
    const position = level * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? 0;
    const above = sorted[Math.ceil(position)] ?? 0;
    return Math.round(below + (above - below) * (position % 1));
  });
}
