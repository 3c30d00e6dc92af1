/**
 * What Fleetpulse may do, by kind of directive. `response` is the name the kind has in the specification.
 * `leased`: what it changes falls back by itself when the lease runs out, and is small enough to be tried first.
 */
export const actionClasses = {
  route: { response: 'automatic_load_balancing', leased: true },
  scale: { response: 'resource_scaling', leased: false },
  breaker: { response: 'circuit_breaker_activation', leased: true },
  degrade: { response: 'graceful_degradation', leased: true },
  failover: { response: 'failover', leased: false },
  restart: { response: 'self-healing', leased: false },
  tune: { response: 'performance tuning', leased: false },
} as const;

export type ActionClass = keyof typeof actionClasses;

/** Work is led elsewhere, or agents are added, a little later; what keeps work from being lost does not wait. */
export const canWait: ReadonlySet<ActionClass> = new Set(['route', 'scale', 'tune']);

export const actionClassNames = Object.keys(actionClasses) as ActionClass[];

/**
 * How far Fleetpulse goes by itself: `observe` decides nothing; `recommend` proposes and leaves it at that unless a
 * person approves; `approve` proposes and asks, for a quarter of an hour at a time; `auto` acts.
 */
export const modes = ['observe', 'recommend', 'approve', 'auto'] as const;
export type Mode = (typeof modes)[number];
