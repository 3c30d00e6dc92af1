import { isSuggestion } from '../../alert/suggestion.ts';
import { figuresAt } from '../../detect/detection-context.ts';
import { SLOT_MINUTES } from '../../detect/share-ring.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { answeredBy } from '../playbook.ts';
import { type LendingPool, type Loan, lendAgents, wordsOfLoan } from './lend-agents.ts';
import type { Situation } from './pool-situation.ts';

const EXPECTED_WITHIN_MS = 15 * MINUTE_MS;

/** Agents lent between pools, and those that are lent on. */
export function proposeLoans(
  situations: ReadonlyMap<string, Situation>,
  context: DecisionContext,
  inForce: readonly DirectiveOf<'scale'>[],
): Proposal<'scale'>[] {
  const open = inForce.filter(({ params }) => params.pooling !== undefined);
  const mayLend = [...situations.values()].some(({ settings }) => (settings.lendsTo ?? []).length > 0);
  if (!mayLend && open.length === 0) return [];
  if (open.some(({ renewedMs }) => renewedMs === context.nowMs)) return open;
  // What a person has not decided on yet is asked for as long as there is cause, and not enlarged.
  const waiting = open.filter(
    ({ inForceMs, params: { pool, pooling } }) =>
      inForceMs === null &&
      situations.get(pool)?.isExhausted &&
      pooling?.agents.every((agent) => isThere(agent, situations.get(pooling.from))),
  );
  const loans = open.flatMap(({ inForceMs, params: { pooling }, memory }): Loan[] => {
    if (!pooling || inForceMs === null) return [];
    const agents = pooling.agents.filter((agent) => isThere(agent, situations.get(pooling.to)));
    return [{ ...pooling, agents, neededMs: memory?.neededMs ?? context.nowMs }];
  });
  const pools = new Map([...situations].map(([pool, it]) => [pool, lendingPool(it, context)] as const));
  const decided = lendAgents(pools, loans, context.nowMs).filter(
    ({ to }) => !waiting.some(({ params }) => params.pool === to),
  );
  return [...waiting, ...decided.map((loan) => loanProposal(loan, situations, context))];
}

/** Who said goodbye, or was given up, is lent no more. */
function isThere(agent: string, where: Situation | undefined): boolean {
  const { working = [], idled = [], missing = [], unheard = [] } = where?.staff ?? {};
  return [...working, ...idled, ...missing, ...unheard].some((entry) => entry.agent === agent);
}

function lendingPool(situation: Situation, context: DecisionContext): LendingPool {
  const { pool, settings, staff, demand, needed, alerts, isExhausted } = situation;
  const idle = staff.working.filter((entry) => poolOf(entry) === pool);
  const busy = new Map(idle.map((entry) => [entry, utilizationOf(entry, context)]));
  return {
    ...{ pool, lendsTo: settings.lendsTo ?? [], working: staff.working.length, isExhausted },
    needed: needed?.agents ?? null,
    isWell: (demand?.isComplete ?? false) && alerts.every(({ kind }) => isSuggestion(kind)),
    idleFirst: idle
      .sort((a, b) => (busy.get(a) ?? 1) - (busy.get(b) ?? 1) || (a.agent < b.agent ? -1 : 1))
      .map(({ agent }) => agent),
  };
}

/** By the newest minute that it told of. */
function utilizationOf({ agent }: RosterEntry, context: DecisionContext): number {
  for (let minute = context.minute; minute > context.minute - SLOT_MINUTES; minute -= 1) {
    const presence = figuresAt(context, minute)?.agents.get(agent)?.presence;
    if (presence && presence.utilizationCount > 0) return presence.utilizationPpm / presence.utilizationCount / 1e6;
  }
  return 1;
}

function loanProposal(
  { from, to, agents, neededMs }: Loan,
  situations: ReadonlyMap<string, Situation>,
  context: DecisionContext,
): Proposal<'scale'> {
  const [lender, borrower] = [situations.get(from), situations.get(to)];
  const answered = answeredBy('scale', borrower?.alerts ?? []);
  const lenders = (lender?.staff.working ?? []).filter((entry) => poolOf(entry) === from).map(({ agent }) => agent);
  const queued = borrower?.demand?.queued ?? 0;
  return {
    kind: 'scale',
    subject: `${from} for ${to}`,
    params: { pool: to, pooling: { from, to, agents } },
    summary: wordsOfLoan({ from, to, agents }),
    causes: answered.map(({ id }) => id),
    onsetMs: answered.reduce((first, { onsetMs }) => Math.min(first, onsetMs), context.nowMs),
    evidence: [
      ...answered.map(({ title }) => title),
      `${to}: ${borrower?.needed?.words ?? 'not known'}; it has ${borrower?.staff.working.length ?? 0}`,
      `${from}: ${lender?.needed?.words ?? 'not known'}; it has ${lenders.length}`,
    ],
    expected: {
      ...{ kpi: 'queue_depth', scope: `pool:${to}`, direction: 'down' },
      ...{ size: Math.max(1, queued), unit: 'tasks', byMs: context.nowMs + EXPECTED_WITHIN_MS },
    },
    blastRadius: { pool: from, agents, capacityShare: agents.length / new Set([...lenders, ...agents]).size },
    isDisruptive: false,
    signals: [...answered.map(({ rule }) => rule), 'its slots are exhausted'],
    memory: { neededMs },
    undo: 'roll it back, or let its lease run out: the agents work in their own pool again',
  };
}
