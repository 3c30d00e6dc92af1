/**
 * One way to continue a series. It goes over the series once and says at each origin what it would have forecast there,
 * from the values before that origin alone; so trying it on the past costs little more than using it.
 */
export interface ForecastMember {
  /** As shown to people in what a forecast is made of. */
  name: string;
  /**
   * @param values equally spaced, without gaps
   * @param origins rising; an origin o forecasts values[o], values[o + 1], …
   * @param periods seasons in steps, shortest first; empty where none is known. At least two of each have been seen at the
   *   first origin.
   * @returns a forecast of `horizon` steps for each origin; null where the first origin comes too early for it
   */
  forecast(
    values: Float64Array,
    origins: readonly number[],
    horizon: number,
    periods: readonly number[],
  ): Float64Array[] | null;
}
