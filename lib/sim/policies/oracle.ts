import { serversForWaitShare } from '../../core/queueing/erlang.ts';
import type { Truth } from '../engine/policy.ts';
import type { Controller } from './controller.ts';

/** How far it looks ahead: provisioning takes a minute and a half. */
const AHEAD_MINUTES = 3;
const MOST_WAITING = 0.01;
/** Each agent has a queue of its own, so slots are not shared as well as Erlang's formula has it. */
const HEADROOM = 1;

/** Knows who is ill, how long work takes and what will come: what nobody can know, to measure the others by. */
export function oracle(truth: Truth): Controller {
  const out = new Set<string>();
  return {
    atMinute({ minute, pools }, controls) {
      for (const { pool, agents, slots } of pools) {
        const ill = agents.filter((agent) => !truth.isHealthy(agent));
        for (const agent of ill) {
          controls.eject(agent, 0);
          out.add(agent);
        }
        for (const agent of out)
          if (agents.includes(agent) && !ill.includes(agent) && out.delete(agent)) controls.readmit(agent);
        const loads = Array.from({ length: AHEAD_MINUTES + 1 }, (_, i) => truth.offeredLoad(pool, minute + 1 + i));
        const wanted = (serversForWaitShare(Math.max(...loads), MOST_WAITING) * HEADROOM) / slots;
        controls.scale(pool, Math.ceil(wanted) + ill.length);
      }
    },
  };
}
