import type { Random } from '../../lib/sim/random.ts';

export const shapes = ['sine', 'two waves', 'spiky', 'business day'] as const;
export type Shape = (typeof shapes)[number];

export interface PlantedSeries {
  period: number;
  shape: Shape;
  cycles: number;
  /** Standard deviation of the noise ÷ that of the season. */
  noise: number;
  values: number[];
}

/**
 * A season nobody is told of: period 4 to 336, 3 to 20 cycles, noise 0.1 to 1 times as large as the season with a memory of up to
 * 0.6, and in some a trend, a level shift, gaps of 5 %, outliers, seasons that grow with the level, or counts.
 */
export function plantSeason(random: Random): PlantedSeries {
  const period = 4 + random.int(333);
  const cycles = random.uniform(3, 20);
  const shape = shapes[random.int(shapes.length)] as Shape;
  const noise = random.uniform(0.1, 1);
  const n = Math.ceil(period * cycles);
  const phase = random.uniform();
  const profile = Array.from({ length: period }, (_, i) => heightAt(shape, (i / period + phase) % 1, random));
  const mean = profile.reduce((sum, x) => sum + x, 0) / period;
  const spread = Math.sqrt(profile.reduce((sum, x) => sum + (x - mean) ** 2, 0) / period);
  const season = profile.map((x) => (x - mean) / spread);
  const phi = random.uniform(0, 0.6);
  const trend = random.uniform() < 0.5 ? random.uniform(-3, 3) : 0;
  const shift = random.uniform() < 0.3 ? { at: random.uniform(0.2, 0.8) * n, by: random.uniform(-3, 3) } : null;
  const isGapped = random.uniform() < 0.5;
  const hasOutliers = random.uniform() < 0.3;
  const kind = random.uniform();
  let error = 0;
  const values = Array.from({ length: n }, (_, t) => {
    error = phi * error + Math.sqrt(1 - phi * phi) * random.normal(0, noise);
    const level = (trend * t) / n + (shift && t >= shift.at ? shift.by : 0);
    let value = (season[t % period] as number) + error + level;
    if (kind < 0.2) value = Math.exp(2 + 0.4 * value);
    else if (kind < 0.4) value = Math.max(0, Math.round(12 + 5 * value));
    if (hasOutliers && random.uniform() < 0.005) value += 10;
    return isGapped && random.uniform() < 0.05 ? Number.NaN : value;
  });
  return { period, shape, cycles, noise, values };
}

/** @param at 0..1 of the cycle */
function heightAt(shape: Shape, at: number, random: Random): number {
  if (shape === 'sine') return Math.sin(2 * Math.PI * at);
  if (shape === 'two waves') return Math.sin(2 * Math.PI * at) + 0.7 * Math.cos(4 * Math.PI * at);
  if (shape === 'business day') return at < 1 / 3 ? 1 + 0.1 * random.uniform() : 0;
  return Math.exp(-0.5 * ((at - 0.5) / 0.04) ** 2);
}

export const noises = [
  'white',
  'AR(1) 0.5',
  'AR(1) 0.8',
  'AR(1) 0.95',
  'random walk',
  'AR(2) swinging',
  'moving average',
  'bursts',
] as const;
export type Noise = (typeof noises)[number];

/** Noise with a memory and without any season. AR(2) swinging: a pull back with complex roots of radius 0.7 to 0.95 and any frequency. */
export function drawNoise(kind: Noise, random: Random): number[] {
  const n = 100 + random.int(2_400);
  const [radius, frequency] = [random.uniform(0.7, 0.95), random.uniform(0.01, 0.4)];
  const phi = kind === 'AR(1) 0.5' ? 0.5 : kind === 'AR(1) 0.8' ? 0.8 : kind === 'AR(1) 0.95' ? 0.95 : 0;
  let [last, before, shock] = [0, 0, 0];
  const values: number[] = [];
  for (let t = -200; t < n; t++) {
    const innovation = random.normal(0, 1);
    let value = phi * last + innovation;
    if (kind === 'random walk') value = last + innovation;
    if (kind === 'AR(2) swinging') {
      value = 2 * radius * Math.cos(2 * Math.PI * frequency) * last - radius ** 2 * before + innovation;
    }
    if (kind === 'moving average') value = innovation + 0.8 * shock;
    if (kind === 'bursts') value = 0.6 * last + innovation + (random.uniform() < 0.01 ? 15 * random.uniform() : 0);
    [before, last, shock] = [last, value, innovation];
    if (t >= 0) values.push(value);
  }
  return values;
}
