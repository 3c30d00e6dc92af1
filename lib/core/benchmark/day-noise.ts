import { type DailyIndex, type DayNoise, fitNoises, ownScale } from './noise-fit.ts';

/** A noise and how likely it is, given the days. */
export interface LikelyNoise extends DayNoise {
  probability: number;
}

/**
 * How days are spread about `columns` (a level is added to them): each noise of a grid with its restricted likelihood, so that what is
 * not known of the memory of a few dozen days widens what is computed with it.
 * @see Patterson, Thompson: Recovery of inter-block information when block sizes are unequal, Biometrika 58, 1971
 */
export function likelyNoises(index: DailyIndex, columns: readonly ArrayLike<number>[]): LikelyNoise[] {
  const fits = fitNoises(index, columns, ({ phi, own, variance, logLikelihood }) => ({
    noise: { phi, own, variance },
    logLikelihood,
  }));
  const most = Math.max(...fits.map(({ logLikelihood }) => logLikelihood));
  const weights = fits.map(({ logLikelihood }) => Math.exp(logLikelihood - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return fits.map(({ noise }, i) => ({ ...noise, probability: (weights[i] ?? 0) / sum }));
}

/** Variance of a weighted sum of the days' noise, averaged over what the noise may be. */
export function varianceOfSum(
  { days, tasks }: Pick<DailyIndex, 'days' | 'tasks'>,
  weights: ArrayLike<number>,
  noises: readonly LikelyNoise[],
): number {
  const scale = ownScale(tasks);
  let ofOwn = 0;
  for (let i = 0; i < days.length; i++) ofOwn += ((weights[i] as number) ** 2 * scale) / (tasks[i] as number);
  return noises.reduce((sum, { phi, own, variance, probability }) => {
    if (probability < 1e-6) return sum;
    let [carried, ofShared] = [0, 0];
    for (let i = 0; i < days.length; i++) {
      const weight = weights[i] as number;
      const gap = i === 0 ? 1 : (days[i] as number) - (days[i - 1] as number);
      carried *= gap === 1 ? phi : phi ** gap;
      carried += weight;
      ofShared += weight * (2 * carried - weight);
    }
    return sum + probability * variance * (own * ofOwn + (1 - own) * ofShared);
  }, 0);
}
