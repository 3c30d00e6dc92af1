import { wholePercent } from '../whole-percent.ts';
import type { PoolCondition } from './fleet-condition.ts';
import type { Guardrail } from './guardrail.ts';
import { addedBy, areIdle, type TakenOut, takenOut, takenOutOf, working } from './taken-out.ts';

/** Of the slots of a pool that work: so much may one action take out of work, and all in force together. */
export const MAX_SHARE_PER_ACTION = 0.1;
export const MAX_SHARE_TOGETHER = 0.3;
/** In a small pool one agent is more than that, and may go where so many others work; one that does nothing, where any does. */
export const OTHERS_FOR_ONE = 2;
const ROUNDING = 1e-9;

/** How much of a pool may be out of work by Fleetpulse's own doing. */
export const capacityBudget: Guardrail = {
  name: 'capacity budget',
  takesBack: false,
  refuse(proposal, context) {
    const { fleet, live, current } = context;
    const added = addedBy(proposal, context);
    const own = takenOut(proposal, fleet);
    if (!added || !own) return null;
    if (proposal.kind === 'restart' && areIdle(added.agents, proposal, context)) return null;
    const { pool } = added;
    const members = fleet.pool(pool);
    const ofAll = takenOutOf(pool, live, fleet);
    const together: TakenOut = {
      pool,
      agents: new Set([...ofAll.agents, ...own.agents, ...(current ? takenOutOf(pool, [current], fleet).agents : [])]),
      unnamed: ofAll.unnamed + own.unnamed,
    };
    const well = othersWell(members, together);
    const mayBeOne = (taken: TakenOut) =>
      countIn(taken) === 1 && well >= (areIdle(taken.agents, proposal, context) ? 1 : OTHERS_FOR_ONE);
    const share = shareOf(members, added);
    if (share > MAX_SHARE_PER_ACTION + ROUNDING && !mayBeOne(added))
      return `it would take ${wholePercent(share)} of pool ${pool} out of work at once, more than ${wholePercent(MAX_SHARE_PER_ACTION)}`;
    const all = shareOf(members, together);
    if (all > MAX_SHARE_TOGETHER + ROUNDING && !mayBeOne(together))
      return `${wholePercent(all)} of pool ${pool} would be out of work with what is in force, more than ${wholePercent(MAX_SHARE_TOGETHER)}`;
    return null;
  },
};

export function countIn({ agents, unnamed }: TakenOut): number {
  return agents.size + unnamed;
}

/** Agents that are well and stay at work: of those that are not named, that the well ones go. */
export function othersWell(members: PoolCondition, { agents, unnamed }: TakenOut): number {
  let well = 0;
  for (const [agent, { state }] of members) if (state === 'well' && !agents.has(agent)) well += 1;
  return Math.max(0, well - unnamed);
}

/** Of the slots of a pool that work, 0..1. */
function shareOf(members: PoolCondition, { agents, unnamed }: TakenOut): number {
  let [all, taken] = [0, 0];
  for (const [agent, { slots, state }] of members) {
    if (state === 'dead') continue;
    all += slots;
    if (agents.has(agent)) taken += slots;
  }
  if (all === 0) return 0;
  return Math.min(1, (taken + (unnamed * all) / Math.max(1, working(members))) / all);
}
