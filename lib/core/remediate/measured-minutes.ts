/** After the minute of the acknowledgement, tasks that were given out before it are still ending. */
export const SETTLING_MINUTES = 1;
export const MEASURED_MINUTES = 10;
/** Of a whole pool, which has no peers in it: with what it takes to settle, a quarter of an hour from the decision on. */
export const POOL_MEASURED_MINUTES = 13;
/** A directive that ended earlier than this after settling is not measured. */
export const MIN_MEASURED_MINUTES = 5;
