import type { Alert } from '../../alert/alert.ts';
import type { LadderStep } from '../../model/pool-settings.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import type { PoolPressure } from '../pool-pressure.ts';
import { wholePercent } from '../whole-percent.ts';

const EXPECTED_WITHIN_MS = 10 * MINUTE_MS;

type Said = Pick<Proposal<'degrade'>, 'subject' | 'params' | 'memory' | 'summary' | 'signals' | 'evidence' | 'undo'> & {
  causes: readonly Alert[];
  expected: Pick<Proposal<'degrade'>['expected'], 'kpi' | 'size' | 'unit'>;
};

/** With what all of its proposals have in common. */
export function proposalOf(
  { causes, expected, ...said }: Said,
  pool: string,
  { nowMs }: DecisionContext,
): Proposal<'degrade'> {
  return {
    kind: 'degrade',
    ...said,
    causes: causes.map(({ id }) => id),
    onsetMs: causes.reduce((first, { onsetMs }) => Math.min(first, onsetMs), nowMs - MINUTE_MS),
    expected: {
      ...{ kpi: expected.kpi, scope: `pool:${pool}`, direction: 'down', unit: expected.unit },
      ...{ size: expected.size, byMs: nowMs + EXPECTED_WITHIN_MS },
    },
    // Agents have as much to do as before: what is turned away is what they could not do in time.
    blastRadius: { pool, agents: [], capacityShare: 0 },
    isDisruptive: false,
  };
}

/** Rungs and admission of one pool are directives of their own. */
export function ladderOf(pool: string): string {
  return `${pool} ladder`;
}

/** To do every task of a pool on a rung of its ladder. */
export function rungProposal(
  pool: string,
  { rung, ...said }: Omit<Said, 'subject' | 'params' | 'summary' | 'undo'> & { rung: LadderStep },
  context: DecisionContext,
): Proposal<'degrade'> {
  const loss = rung.qualityLoss > 0 ? `, at the price of ${wholePercent(rung.qualityLoss)} of the quality` : '';
  return proposalOf(
    {
      ...{ subject: ladderOf(pool), params: { pool, step: rung.step }, ...said },
      summary: `pool ${pool} on rung ${rung.step}: ${wholePercent(rung.serviceFactor)} of the time for a task${loss}`,
      undo: 'roll it back, or let its lease run out: tasks are then done in full again',
    },
    pool,
    context,
  );
}

/** What brought it about stays, when its alerts are over before it. */
export function withCauses(
  proposal: Proposal<'degrade'>,
  current: DirectiveOf<'degrade'> | undefined,
): Proposal<'degrade'> {
  return current ? { ...proposal, onsetMs: current.onsetMs } : proposal;
}

export function signalsOf({ utilization, queued, slots }: PoolPressure, alerts: readonly Alert[]): string[] {
  return [
    `${wholePercent(utilization)} of its slots at work`,
    `${(queued / slots).toFixed(1)} tasks waiting for each slot`,
    ...alerts.map(({ rule }) => rule),
  ];
}

export function evidenceOf({ agents, slots, utilization, queued, waitMs, load }: PoolPressure): string[] {
  return [
    `${agents} agents with ${slots} slots, ${wholePercent(utilization)} of them at work; ${Math.round(queued)} tasks wait, which take ${seconds(waitMs)}`,
    `what came would keep ${load.toFixed(0)} slots at work`,
  ];
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
