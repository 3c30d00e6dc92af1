import { expect, test } from 'vitest';
import { actionClassNames, type Mode } from '../../../lib/core/remediate/action-class.ts';
import type {
  DirectiveKindName,
  DirectiveOf,
  DirectiveRecord,
  Proposal,
} from '../../../lib/core/remediate/directive.ts';
import { HostileFleet } from '../../fixtures/hostile-fleet.ts';
import { SafetyOracle } from '../../fixtures/safety-oracle.ts';

/** A fleet in which nothing happens, for which each minute is proposed what a test says. */
class AskedFleet {
  readonly fleet = new HostileFleet(1);
  readonly #oracle = new SafetyOracle(this.fleet);

  constructor(modes: Partial<Record<DirectiveKindName, Mode>> = {}) {
    const all = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as HostileFleet['modes'];
    this.fleet.modes = { ...all, ...modes };
    this.fleet.runningFrom = this.fleet.minute - 60;
  }

  get records(): DirectiveRecord[] {
    return [...this.fleet.records.values()];
  }

  /** Why each was refused in the last minute. */
  get held(): string[] {
    return this.fleet.held
      .filter(({ atMs }) => atMs === this.fleet.nowMs)
      .map(({ kind, guardrail }) => `${kind}: ${guardrail}`);
  }

  pass(...proposals: Proposal<DirectiveKindName>[]): this {
    const { fleet } = this;
    fleet.minute += 1;
    for (const agent of fleet.agents) agent.heardMs = fleet.nowMs - 5_000;
    fleet.before = new Map(fleet.records);
    fleet.decide((kind) => proposals.filter((it) => it.kind === kind));
    expect(this.#oracle.check()).toEqual([]);
    return this;
  }

  /** A person says yes to all that waits. */
  approve(): this {
    const approved = { atMs: this.fleet.nowMs + 10_000, by: 'ann', note: null };
    for (const [id, record] of this.fleet.records)
      if (record.directive.inForceMs === null && !record.directive.ended)
        this.fleet.records.set(id, { ...record, approved });
    return this;
  }
}

function proposal<Kind extends DirectiveKindName>(
  kind: Kind,
  pool: string,
  params: DirectiveOf<Kind>['params'],
  more: Partial<Proposal<Kind>> = {},
): Proposal<DirectiveKindName> {
  return {
    ...{ kind, subject: `${kind} it`, params, summary: `${kind} in ${pool}`, causes: [], onsetMs: 0, evidence: [] },
    expected: { kpi: 'queue_depth', scope: `pool:${pool}`, direction: 'down', size: 1, unit: 'tasks', byMs: 0 },
    blastRadius: { pool, agents: [], capacityShare: 0 },
    ...{ isDisruptive: false, signals: [], memory: null, undo: '' },
    ...more,
  } as unknown as Proposal<DirectiveKindName>;
}

function around(pool: string, ...agents: string[]) {
  const weights = Object.fromEntries(agents.map((agent) => [agent, 0.05]));
  return proposal(
    'route',
    pool,
    { pool, weights, hot: [] },
    { subject: pool, blastRadius: { pool, agents, capacityShare: 0 } },
  );
}

function admit(pool: string, more: Partial<Proposal<'degrade'>> = {}) {
  return proposal('degrade', pool, { pool, admitFraction: 0.5 }, more);
}

test('a question about fewer agents than are called for is one of thirty directives in ten minutes, too', () => {
  const asked = new AskedFleet({ route: 'approve' });
  asked.pass(around('large', 'large-1')).approve().pass(around('large', 'large-1'));
  const goneAround = ['large-1', 'large-2', 'large-3', 'large-4'];
  const others = asked.fleet.agents
    .filter(({ agent }) => !goneAround.includes(agent))
    .map(({ agent, pool }) => proposal('tune', pool, { agent, params: { batch: 2 } }, { subject: agent }));
  asked.pass(around('large', 'large-1'), ...others);
  expect(asked.records).toHaveLength(30);

  // Two more may be led around at once, three may not.
  asked.pass(around('large', ...goneAround), ...others);
  expect(asked.records).toHaveLength(30);
  expect(asked.held).toEqual(['route: capacity budget']);
  for (let i = 0; i < 10; i++) asked.pass(around('large', ...goneAround), ...others);
  expect(asked.records.at(-1)?.directive).toMatchObject({
    kind: 'route',
    blastRadius: { agents: ['large-1', 'large-2', 'large-3'] },
  });
});

test('what interrupts another pool than before is another interruption, with a budget of its own', () => {
  const asked = new AskedFleet();
  asked.pass(admit('small', { isDisruptive: true })).pass(admit('middle'));
  expect(asked.records.map(({ directive }) => [directive.params, directive.ended?.by])).toEqual([
    [{ pool: 'small', admitFraction: 0.5 }, 'superseded'],
    [{ pool: 'middle', admitFraction: 0.5 }, undefined],
  ]);
});

test('what a person approved for one pool stays about that pool while another one is asked about', () => {
  const asked = new AskedFleet({ degrade: 'approve' });
  asked.pass(admit('small')).approve();
  for (let i = 0; i < 20; i++) asked.pass(admit(i < 5 ? 'small' : 'middle'));
  const [first, ...further] = asked.records.map(({ directive }) => directive);
  expect(first).toMatchObject({ params: { pool: 'small' }, blastRadius: { pool: 'small' }, ended: null });
  expect(further.map(({ params }) => params)).toEqual([...further.map(() => ({ pool: 'middle', admitFraction: 0.5 }))]);
  expect(further.length).toBeGreaterThan(0);
});

test('a question is judged by what is left to stand, whomever a proposal says that it concerns', () => {
  const asked = new AskedFleet({ route: 'approve' });
  const about = (agent: string, ...cut: string[]) => ({
    ...around('middle', ...cut),
    blastRadius: { pool: 'middle', agents: [agent], capacityShare: 0 },
  });
  asked.pass(about('middle-2', 'middle-4')).approve().pass(about('middle-2', 'middle-4'));
  // Work is led back to the one, as it was not spoken of; both together are two of eight at once.
  asked.pass(about('middle-4', 'middle-2', 'middle-4'));
  expect(asked.records.map(({ directive }) => [directive.params, directive.ended])).toEqual([
    [{ pool: 'middle', weights: {}, hot: [] }, null],
  ]);
  expect(asked.held).toEqual(['route: capacity budget']);
});
