import type { ActionClass } from '../../lib/core/remediate/action-class.ts';
import { type Policy, usualSuccess } from './policies.ts';
import { type Incident, liveThrough, successOf, type Truth } from './world.ts';

/** What one incident came to under a policy. */
export interface Lived {
  incident: Incident;
  first: ActionClass;
  badMinutes: number;
  /** Whether the first action helped, as the dice fell. */
  helped: boolean;
  /** How likely the first action was to help, difficulty included: its reward but for luck. */
  chance: number;
  /** How far the first action's usual success was from that of the best. */
  shortOfBest: number;
}

/** Lets a policy live through incidents, one after the other. @param truthAt by index of the incident */
export function live(policy: Policy, incidents: readonly Incident[], truthAt: (index: number) => Truth): Lived[] {
  return incidents.map((incident, i) => {
    const truth = truthAt(i);
    const order = policy.order(incident, truth);
    const { badMinutes, tried } = liveThrough(truth, incident, order);
    policy.told(incident, tried);
    const first = order[0] as ActionClass;
    const usual = incident.of.plays.map(({ kind }) => usualSuccess(truth, incident, kind));
    const chance = successOf(truth, incident, first);
    return {
      ...{ incident, first, badMinutes, chance },
      helped: (incident.luck.get(first)?.helps ?? 1) < chance,
      shortOfBest: Math.max(...usual) - usualSuccess(truth, incident, first),
    };
  });
}
