import { type Arrival, type Service, services } from './arrival.ts';
import { createRandom, type Random } from './random.ts';
import type { WorkloadProfile } from './workload-profile.ts';

const MINUTE_MS = 60_000;

/**
 * Draws a workload from its profile: within each minute a Poisson process at the recorded rate, sizes by inversion of
 * the recorded quantiles, output given the third in which the input lies.
 * @returns the arrivals in order of time, from `profile.from` on; times to the microsecond
 * @throws RangeError when a minute has arrivals and its block no sizes
 */
export function drawArrivals(profile: WorkloadProfile, seed: number): Arrival[] {
  return services
    .flatMap((service) => drawService(profile, service, createRandom(seed, `arrivals/${service}`)))
    .sort((one, other) => one.atMs - other.atMs);
}

function drawService(profile: WorkloadProfile, service: Service, random: Random): Arrival[] {
  const { arrivalsPerMinute, blockMinutes, blocks } = profile.services[service];
  const fromMs = Date.parse(profile.from);
  return arrivalsPerMinute.flatMap((rate, minute) => {
    const sizes = blocks[Math.floor(minute / blockMinutes)];
    return poissonTimes(rate, random).map((offsetMs): Arrival => {
      const position = random.uniform();
      const outputTokens = sizes?.outputTokensByInputThird[Math.floor(position * 3)];
      if (!sizes?.inputTokens.length || !outputTokens?.length) {
        throw new RangeError(`the profile has arrivals of ${service} in minute ${minute}, but no sizes`);
      }
      return {
        atMs: Math.round((fromMs + minute * MINUTE_MS + offsetMs) * 1_000) / 1_000,
        service,
        inputTokens: invert(profile.levels, sizes.inputTokens, position),
        outputTokens: invert(profile.levels, outputTokens, random.uniform()),
      };
    });
  });
}

/** Arrival times within one minute, ms from its start. */
function poissonTimes(ratePerMinute: number, random: Random): number[] {
  const times: number[] = [];
  if (ratePerMinute === 0) return times;
  const gapMs = MINUTE_MS / ratePerMinute;
  for (let atMs = random.exponential(gapMs); atMs < MINUTE_MS; atMs += random.exponential(gapMs)) times.push(atMs);
  return times;
}

/** The size at a probability: geometric between two quantiles, because sizes thin out towards the upper one. */
function invert(levels: readonly number[], sizes: readonly number[], probability: number): number {
  const upper = levels.findIndex((level) => level > probability);
  const [fromLevel = 0, toLevel = 1] = [levels[upper - 1], levels[upper]];
  const [fromSize = 0, toSize = 0] = [sizes[upper - 1], sizes[upper]];
  const share = (probability - fromLevel) / (toLevel - fromLevel);
  return Math.round(fromSize > 0 ? fromSize * (toSize / fromSize) ** share : fromSize + (toSize - fromSize) * share);
}
