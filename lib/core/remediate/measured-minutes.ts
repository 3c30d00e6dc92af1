/** After the minute of the acknowledgement, tasks that were given out before it are still ending. */
export const SETTLING_MINUTES = 1;
export const MEASURED_MINUTES = 10;
/**
 * Of a whole pool, which has no peers in it: all minutes of a quarter of an hour after that of the acknowledgement but the last. What
 * still ends of before makes the step look a little smaller; leaving a minute out would cost more.
 */
export const POOL_MEASURED_MINUTES = 14;
export const POOL_SETTLING_MINUTES = 0;
/** A directive that ended earlier than this after settling is not measured. */
export const MIN_MEASURED_MINUTES = 5;
