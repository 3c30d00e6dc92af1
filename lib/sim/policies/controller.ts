import type { Controls, FleetPolicy, MinuteView } from '../engine/policy.ts';

/** What acts on a fleet once a minute, beside whoever places its work. */
export interface Controller {
  atMinute(view: MinuteView, controls: Controls): void;
}

/** A placement with controllers, which act one after the other. */
export function controlled(name: string, placement: FleetPolicy, controllers: readonly Controller[]): FleetPolicy {
  return {
    ...placement,
    name,
    atMinute(view, controls) {
      for (const controller of controllers) controller.atMinute(view, controls);
    },
  };
}
