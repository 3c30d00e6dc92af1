import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { noWatch } from '../../../lib/core/detect/watch.ts';
import type { Roster } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../../../lib/core/remediate/action-class.ts';
import type { Directive, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import { type DirectiveStatus, statusAt } from '../../../lib/core/remediate/directive-status.ts';
import type { Held } from '../../../lib/core/remediate/held.ts';
import { progressEffect } from '../../../lib/core/remediate/measure-directives.ts';
import { planDirectives } from '../../../lib/core/remediate/plan-directives.ts';
import type { Policy } from '../../../lib/core/remediate/policy.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const START = 29_000_000;
const LEASE_MINUTES = 15;

function policyOf(mode: Mode, more: Partial<Policy> = {}): Policy {
  const modes = Object.fromEntries(actionClassNames.map((name) => [name, mode])) as Policy['modes'];
  return { modes, killSwitch: false, maintenance: [], ...more };
}

/** A pool told minute by minute: which of its agents are alerted about, and what others say of the directives. */
function weightsOf(directive: Directive) {
  return directive.kind === 'route' ? directive.params.weights : {};
}

class Story {
  records = new Map<string, DirectiveRecord>();
  policy: Policy;
  /** The first minute that the monitor has seen without a gap. */
  runningFrom = 0;
  /** Agents that do not report what they do. */
  mute: string[] = [];
  /** Agents that are told to be at risk: they get less work. */
  atRisk: string[] = [];
  /** What was refused in the last minute. */
  held: Held[] = [];
  readonly told: string[] = [];
  readonly #agents: readonly string[];
  #minute = START;

  constructor(mode: Mode = 'auto', agents = 10) {
    this.policy = policyOf(mode);
    this.#agents = Array.from({ length: agents }, (_, i) => `w-${i + 1}`);
  }

  get nowMs() {
    return this.#minute * MINUTE_MS;
  }

  /** The minute that is decided next. */
  get minute() {
    return this.#minute;
  }

  get only(): DirectiveRecord {
    expect(this.records.size).toBe(1);
    return [...this.records.values()][0] as DirectiveRecord;
  }

  get status() {
    return statusAt(this.only, this.nowMs);
  }

  /** Lets minutes pass in which these agents are alerted about. */
  pass(ill: string[] = [], minutes = 1) {
    for (let i = 0; i < minutes; i++) {
      this.decide(ill);
      this.#minute += 1;
      // What was told is told; nothing is forgotten in these stories.
      for (const [id, record] of this.records) {
        this.told.push(...record.unsent.map(({ what }) => `${this.#minute - START} min: ${what}`));
        this.records.set(id, { ...record, unsent: [] });
      }
    }
  }

  decide(ill: string[]) {
    const nowMs = (this.#minute + 1) * MINUTE_MS;
    const context = {
      ...{ minute: this.#minute, nowMs, roster: this.#roster(nowMs), minutes: new Map() },
      firing: [
        ...ill.map((agent) => alertAbout(agent, nowMs)),
        ...this.atRisk.map((agent) => ({
          ...alertAbout(agent, nowMs),
          ...{ id: `${agent} is at risk`, rule: 'agent-at-risk' },
        })),
        ...this.mute.map((agent) => ({ ...alertAbout(agent, nowMs), id: `${agent} is mute`, rule: 'agent-mute' })),
      ],
      ...{ policy: this.policy, recent: [...this.records.values()], runningFrom: this.runningFrom },
      ...{ pools: new Map(), plan: null, watch: noWatch(), changes: [] },
    };
    this.held = [];
    this.records = planDirectives(this.records, context, { onHeld: (it) => this.held.push(it) });
    for (const [id, record] of this.records)
      this.records.set(
        id,
        progressEffect(record, this.#minute, () => null),
      );
  }

  /** Those of a status, oldest first. */
  all(status: DirectiveStatus): DirectiveRecord[] {
    return [...this.records.values()].filter((record) => statusAt(record, this.nowMs) === status);
  }

  /** Agents that get hardly any work by what is in force. */
  get cut(): string[] {
    const weights = this.all('active').flatMap(({ directive }) => Object.entries(weightsOf(directive)));
    return [...new Set(weights.flatMap(([agent, weight]) => (weight <= 0.2 ? agent : [])))].sort();
  }

  /** A person rules on the newest proposal. */
  rule(ruling: 'approved' | 'rejected') {
    const record = this.all('proposed').at(-1) as DirectiveRecord;
    this.records.set(record.directive.id, { ...record, [ruling]: this.ruling() });
  }

  say(word: Partial<DirectiveRecord>) {
    const { directive } = this.only;
    this.records.set(directive.id, { ...this.only, ...word });
  }

  ruling(by = 'ann') {
    return { atMs: this.nowMs, by, note: null };
  }

  #roster(nowMs: number): Roster {
    return new Map(
      this.#agents.map((agent) => [
        agent,
        {
          agent,
          firstSeenMs: 0,
          lastSeenMs: nowMs,
          firstBeatMs: 0,
          lastBeat: { atMs: nowMs - 1_000, state: 'ready' as const, intervalMs: 15_000, progress: null },
          description: { type: 'agent' as const, agent, pool: 'workers', capacity: 2 },
          describedBy: null,
        },
      ]),
    );
  }
}

function alertAbout(agent: string, nowMs: number): Alert {
  return {
    id: `alert about ${agent}`,
    rule: 'agent-degraded',
    kind: 'performance_degradation',
    severity: 'high',
    state: 'firing',
    scope: { pool: 'workers', agent },
    team: null,
    title: `Agent ${agent} is slow`,
    why: '',
    onsetMs: nowMs - 2 * MINUTE_MS,
    detectedMs: nowMs,
    resolvedMs: null,
    reopened: 0,
    acknowledged: null,
    silencedBy: null,
    inhibitedBy: null,
    ...{ value: 8, expected: 1, unit: 's', n: 3, impact: {}, evidence: [], contributors: [], changes: [] },
    ...{ actions: [], fingerprint: agent, runbook: '' },
  };
}

describe('what chance puts off', () => {
  const putOff = () => {
    const story = new Story('auto');
    story.policy = policyOf('auto', { holdOutShare: 1 });
    return story;
  };

  test('is carried out a quarter of an hour later, with what is called for then, if it still is', () => {
    const story = putOff();
    story.pass(['w-7'], 15);
    expect(story.status).toBe('proposed');
    expect(story.told).toEqual(['1 min: proposed']);
    story.pass(['w-7', 'w-8'], 2);
    expect(story.status).toBe('active');
    expect(Object.keys(weightsOf(story.only.directive))).toContain('w-8');
    expect(story.told).toContain('16 min: issued');
  });

  test.each(['recommend', 'approve'] as const)('waits on when its class was set to %s meanwhile', (mode) => {
    const story = putOff();
    story.pass(['w-7'], 3);
    story.policy = policyOf(mode, { holdOutShare: 1 });
    story.pass(['w-7'], 20);
    expect(story.status).toBe('proposed');
    expect(story.held).toMatchObject([{ kind: 'route', subject: 'workers', guardrail: 'mode' }]);
    story.policy = policyOf('auto', { holdOutShare: 1 });
    story.pass(['w-7']);
    expect(story.status).toBe('active');
    expect(story.held).toEqual([]);
  });

  test('waits on while its class is demoted, and may be approved meanwhile', () => {
    const story = putOff();
    story.pass(['w-7'], 3);
    const id = story.only.directive.id;
    const atMs = story.nowMs - MINUTE_MS;
    const harmful = routeDirective(story.nowMs - 5 * MINUTE_MS, {
      ...{ id: 'harmful', subject: 'others', ended: { how: 'rolled_back', atMs, why: 'harm', by: 'harm' } },
    });
    story.records.set(harmful.id, directiveRecord(harmful));
    story.pass(['w-7'], 20);
    const waiting = story.records.get(id) as DirectiveRecord;
    expect(statusAt(waiting, story.nowMs)).toBe('proposed');
    expect(story.held).toMatchObject([{ guardrail: 'mode' }]);
    story.records.set(id, { ...waiting, approved: story.ruling() });
    story.pass(['w-7']);
    expect(story.records.get(id)?.directive.inForceMs).toBe(story.nowMs - MINUTE_MS);
  });

  test('waits on while the monitor has just started anew', () => {
    const story = putOff();
    story.pass(['w-7'], 14);
    story.runningFrom = story.minute;
    story.pass(['w-7'], 3);
    expect(story.status).toBe('proposed');
    expect(story.held).toMatchObject([{ guardrail: 'warm-up' }]);
    story.pass(['w-7']);
    expect(story.status).toBe('active');
  });

  test('waits on while nothing is known of what its agent does', () => {
    const story = putOff();
    story.pass(['w-7'], 10);
    story.mute = ['w-7'];
    story.pass(['w-7'], 10);
    expect(story.status).toBe('proposed');
    expect(story.held).toMatchObject([{ guardrail: 'stale telemetry', why: 'agent w-7 does not report what it does' }]);
  });

  test('comes into force once, however often that minute is decided', () => {
    const story = putOff();
    story.pass(['w-7'], 15);
    story.decide(['w-7']);
    const once = story.records;
    story.decide(['w-7']);
    expect(story.records).toEqual(once);
    expect(story.only.directive.leaseUntilMs).toBe(story.nowMs + MINUTE_MS + LEASE_MINUTES * MINUTE_MS);
  });

  test('is never carried out when its cause goes away meanwhile', () => {
    const story = putOff();
    story.pass(['w-7'], 4);
    story.pass([], 12);
    expect(story.told.map((told) => told.split(': ')[1])).toEqual(['proposed', 'ended', 'measured']);
    expect(story.told[1]).toBe('5 min: ended');
    expect(story.only.directive.inForceMs).toBeNull();
  });
});

describe('under auto', () => {
  test('a directive is in force in the minute of its alert, renewed at half its lease, and led back in steps when it ends', () => {
    const story = new Story('auto');
    story.pass();
    expect(story.records.size).toBe(0);
    story.pass(['w-7'], 20);
    expect(story.status).toBe('active');
    expect(story.only.directive).toMatchObject({
      kind: 'route',
      subject: 'workers',
      causes: ['alert about w-7'],
      params: { pool: 'workers', weights: { 'w-7': 0.05 } },
      blastRadius: { agents: ['w-7'], capacityShare: 0.1 },
    });
    story.pass([], 4);
    expect(weightsOf(story.only.directive)['w-7']).toBe(0.8);
    story.pass();
    expect(story.status).toBe('expired');
    expect(story.only.directive.ended?.why).toBe('its agents are well again: route around w-7');
    // Renewed when 7.5 of 15 minutes are left, and at each step back: 0.1, 0.2, 0.4, 0.8.
    expect(story.told.filter((it) => !it.includes('measured'))).toEqual([
      '2 min: issued',
      '10 min: renewed',
      '18 min: renewed',
      ...[22, 23, 24, 25].map((minute) => `${minute} min: renewed`),
      '26 min: ended',
    ]);
  });

  test('deciding a minute again changes nothing', () => {
    const story = new Story('auto');
    story.pass(['w-7']);
    const once = story.records;
    story.decide(['w-7']);
    story.decide(['w-7']);
    expect(story.records).toEqual(once);
  });

  test('deciding a minute again leads work back by one step, not by two, and ends nothing', () => {
    const story = new Story('auto');
    story.pass(['w-7'], 5);
    for (const weight of [0.1, 0.2, 0.4, 0.8]) {
      story.decide([]);
      story.decide([]);
      story.pass([]);
      expect(story.only.directive).toMatchObject({ ended: null, params: { weights: { 'w-7': weight } } });
    }
  });

  test('a lease runs out by itself when nobody decides', () => {
    const story = new Story('auto');
    story.pass(['w-7']);
    const atMs = story.only.directive.issuedMs;
    expect(statusAt(story.only, atMs + LEASE_MINUTES * MINUTE_MS - 1)).toBe('active');
    expect(statusAt(story.only, atMs + LEASE_MINUTES * MINUTE_MS)).toBe('expired');
  });

  test.each([
    { what: 'four agents of ten at once', ill: ['w-1', 'w-2', 'w-3', 'w-4'], agents: 10 },
    { what: 'the only one', ill: ['w-1'], agents: 1 },
  ])('nothing is routed around $what: the cause is shared, or nobody could bear the work', ({ ill, agents }) => {
    const story = new Story('auto', agents);
    story.pass(ill, 3);
    expect(story.records.size).toBe(0);
  });

  test('one of two cannot be spared, and gets a quarter of its work', () => {
    const story = new Story('auto', 2);
    story.pass(['w-1'], 3);
    expect(weightsOf(story.only.directive)).toEqual({ 'w-1': 0.25, 'w-2': 1.75 });
  });

  test('one of three may be spared', () => {
    const story = new Story('auto', 3);
    story.pass(['w-1']);
    expect(story.status).toBe('active');
  });

  test('a second agent is taken into the directive that is there', () => {
    const story = new Story('auto');
    story.pass(['w-7'], 2);
    story.pass(['w-7', 'w-8']);
    expect(weightsOf(story.only.directive)).toMatchObject({ 'w-7': 0.05, 'w-8': 0.05 });
    expect(story.only.directive.causes).toEqual(['alert about w-7', 'alert about w-8']);
  });

  test('the kill switch takes back what is in force, and lets nothing new happen until it is off', () => {
    const story = new Story('auto');
    story.pass(['w-7'], 2);
    story.policy = policyOf('auto', { killSwitch: true });
    story.pass(['w-7'], 3);
    expect(story.status).toBe('rolled_back');
    story.policy = policyOf('auto');
    story.pass(['w-7']);
    expect([...story.records.values()].map((record) => statusAt(record, story.nowMs))).toEqual([
      'rolled_back',
      'active',
    ]);
  });

  test('a pool under maintenance is left alone, another one is not', () => {
    const window = { fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER };
    const story = new Story('auto');
    story.policy = policyOf('auto', { maintenance: [{ ...window, pool: 'workers' }] });
    story.pass(['w-7']);
    expect(story.records.size).toBe(0);
    story.policy = policyOf('auto', { maintenance: [{ ...window, pool: 'others' }] });
    story.pass(['w-7']);
    expect(story.status).toBe('active');
  });

  test('for one agent, when a person takes it back, says nothing against less work for another', () => {
    const story = new Story('auto');
    story.pass(['w-3'], 2);
    story.say({ rolledBack: story.ruling() });
    story.atRisk = ['w-4'];
    story.pass(['w-3']);
    const [eased] = story.all('active');
    expect(weightsOf(eased?.directive as Directive)['w-4']).toBeLessThan(1);
    expect(story.cut).toEqual([]);
  });

  test('for one agent, when a person takes it back, says nothing against another of the pool', () => {
    const story = new Story('auto');
    story.pass(['w-3'], 2);
    story.say({ rolledBack: story.ruling() });
    story.pass(['w-3', 'w-9']);
    expect(story.cut).toEqual(['w-9']);
    story.pass(['w-3', 'w-9'], 28);
    expect(story.cut).toEqual(['w-9']);
    story.pass(['w-3', 'w-9'], 4);
    expect(story.cut).toEqual(['w-3', 'w-9']);
  });

  test('what a person rolled back is not decided again for half an hour', () => {
    const story = new Story('auto');
    story.pass(['w-7'], 2);
    story.say({ rolledBack: story.ruling() });
    expect(story.status).toBe('rolled_back');
    story.pass(['w-7'], 29);
    expect(story.records.size).toBe(1);
    expect(story.only.directive.ended?.why).toBe('rolled back by ann');
    story.pass(['w-7'], 2);
    expect(story.records.size).toBe(2);
  });
});

describe('under other modes', () => {
  test('observe decides nothing', () => {
    const story = new Story('observe');
    story.pass(['w-7'], 3);
    expect(story.records.size).toBe(0);
  });

  test.each([
    { what: 'in force by itself', mode: 'auto', share: 0, isApproved: false, was: 'active' },
    { what: 'in force by approval', mode: 'recommend', share: 0, isApproved: true, was: 'active' },
    { what: 'waiting for a person', mode: 'approve', share: 0, isApproved: false, was: 'proposed' },
    { what: 'put off by chance', mode: 'auto', share: 1, isApproved: false, was: 'proposed' },
  ] as const)('observe ends what is $what, in the minute in which it is set', ({ mode, share, isApproved, was }) => {
    const story = new Story(mode);
    story.policy = policyOf(mode, { holdOutShare: share });
    story.pass(['w-7'], 3);
    if (isApproved) story.say({ approved: story.ruling() });
    story.pass(['w-7'], 3);
    expect(story.status).toBe(was);
    story.policy = policyOf('observe');
    story.pass(['w-7']);
    expect(story.status).toBe('expired');
    expect(story.only.directive.ended).toMatchObject({ why: 'route was set to observe', by: 'mode' });
    story.pass(['w-7'], 20);
    expect(story.records.size).toBe(1);
  });

  test('observe of another class ends nothing', () => {
    const story = new Story('auto');
    story.pass(['w-7'], 3);
    story.policy = { ...story.policy, modes: { ...story.policy.modes, breaker: 'observe', scale: 'observe' } };
    story.pass(['w-7'], 3);
    expect(story.status).toBe('active');
  });

  test('what observe ended counts neither as false nor as flapping, and comes back as soon as it may', () => {
    const story = new Story('auto');
    for (let times = 0; times < 3; times++) {
      story.policy = policyOf('auto');
      story.pass(['w-7'], 2);
      story.policy = policyOf('observe');
      story.pass(['w-7']);
    }
    expect([...story.records.values()].map(({ directive }) => directive.inForceMs !== null)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('recommend proposes as long as there is cause, and no orchestrator sees it in force', () => {
    const story = new Story('recommend');
    story.pass(['w-7'], 40);
    expect(story.status).toBe('proposed');
    expect(story.only.directive.inForceMs).toBeNull();
    expect(story.told).not.toContainEqual(expect.stringContaining('issued'));
  });

  test.each(['recommend', 'approve'] as const)(
    'what waits under %s comes into force when its class is set to auto, and is taken further by itself',
    (mode) => {
      const story = new Story(mode);
      story.pass(['w-7'], 5);
      story.policy = policyOf('auto');
      story.pass(['w-7']);
      expect(story.status).toBe('active');
      expect(story.only.directive).toMatchObject({ mode: 'auto', inForceMs: story.nowMs });
      expect(story.told).toEqual(['1 min: proposed', '6 min: issued']);
      expect(statusAt(story.only, story.nowMs + LEASE_MINUTES * MINUTE_MS - 1)).toBe('active');
      story.pass(['w-7', 'w-8']);
      expect(weightsOf(story.only.directive)).toMatchObject({ 'w-7': 0.05, 'w-8': 0.05 });
    },
  );

  test('what waits while its class is set to auto waits on where a guardrail speaks against it', () => {
    const story = new Story('recommend');
    story.pass(['w-7'], 3);
    story.policy = policyOf('auto');
    story.mute = ['w-7'];
    story.pass(['w-7'], 20);
    expect(story.status).toBe('proposed');
    expect(story.held).toMatchObject([{ guardrail: 'stale telemetry' }]);
    story.mute = [];
    story.pass(['w-7']);
    expect(story.status).toBe('active');
  });

  test('what waits while its class is demoted waits on, also when that is set to auto', () => {
    const story = new Story('recommend');
    story.pass(['w-7'], 3);
    const { id } = story.only.directive;
    const ended = { how: 'rolled_back', atMs: story.nowMs - MINUTE_MS, why: 'harm', by: 'harm' } as const;
    const harmful = routeDirective(story.nowMs - 5 * MINUTE_MS, { id: 'harmful', subject: 'others', ended });
    story.records.set('harmful', directiveRecord(harmful));
    story.policy = policyOf('auto');
    story.pass(['w-7'], 3);
    expect(statusAt(story.records.get(id) as DirectiveRecord, story.nowMs)).toBe('proposed');
  });

  test('what comes into force because its class is set to auto does so once, however often that minute is decided', () => {
    const story = new Story('recommend');
    story.pass(['w-7'], 3);
    story.policy = policyOf('auto');
    story.decide(['w-7']);
    const once = story.records;
    story.decide(['w-7']);
    expect(story.records).toEqual(once);
  });

  test('approve asks for a quarter of an hour, then anew', () => {
    const story = new Story('approve');
    story.pass(['w-7'], 14);
    expect(story.status).toBe('proposed');
    story.pass(['w-7'], 3);
    expect([...story.records.values()].map((record) => statusAt(record, story.nowMs))).toEqual(['expired', 'proposed']);
    expect([...story.records.values()][0]?.directive.effect).toMatchObject({
      verdict: 'unmeasurable',
      reason: 'it never came into force',
    });
  });

  test('an approval is in force at once, with a lease of its own, and is told by the next minute', () => {
    const story = new Story('approve');
    story.pass(['w-7'], 10);
    story.say({ approved: story.ruling() });
    expect(story.status).toBe('active');
    expect(statusAt(story.only, story.nowMs + LEASE_MINUTES * MINUTE_MS - 1)).toBe('active');
    story.pass(['w-7']);
    expect(story.told).toEqual(['1 min: proposed', '11 min: issued']);
    expect(story.only.directive.inForceMs).toBe(story.nowMs - MINUTE_MS);
  });

  test('what was rejected is not proposed again for half an hour', () => {
    const story = new Story('recommend');
    story.pass(['w-7'], 2);
    story.say({ rejected: story.ruling() });
    expect(story.status).toBe('rejected');
    story.pass(['w-7'], 29);
    expect(story.records.size).toBe(1);
    story.pass(['w-7'], 2);
    expect(story.records.size).toBe(2);
  });
});

describe('what a person approved', () => {
  const approved = (ill = ['w-3'], mode: Mode = 'recommend') => {
    const story = new Story(mode);
    story.pass(ill);
    story.rule('approved');
    story.pass(ill);
    expect(story.cut).toEqual(ill);
    return story;
  };

  test.each(['recommend', 'approve'] as const)(
    'is not taken further under %s: that is proposed, and takes its place when it is approved',
    (mode) => {
      const story = approved(['w-3'], mode);
      story.pass(['w-3', 'w-4'], 5);
      expect(story.cut).toEqual(['w-3']);
      const [first] = story.all('active');
      const [further] = story.all('proposed');
      expect(story.all('proposed')).toHaveLength(1);
      expect(first?.directive.causes).toEqual(['alert about w-3']);
      expect(further?.directive).toMatchObject({ summary: 'route around w-3, w-4', replaces: first?.directive.id });
      expect(further?.directive.evidence).toContain(
        `it would take the place of ${first?.directive.id}: route around w-3`,
      );
      story.rule('approved');
      story.pass(['w-3', 'w-4']);
      expect(story.cut).toEqual(['w-3', 'w-4']);
      expect(story.all('active')).toHaveLength(1);
      expect(story.records.get(first?.directive.id ?? '')?.directive.ended?.by).toBe('superseded');
    },
  );

  test('stays, and is not asked about again for half an hour, when a person does not want it to go further', () => {
    const story = approved();
    story.pass(['w-3', 'w-4']);
    story.rule('rejected');
    story.pass(['w-3', 'w-4'], 29);
    expect(story.cut).toEqual(['w-3']);
    expect(story.all('proposed')).toEqual([]);
    expect(story.held).toMatchObject([{ guardrail: 'hold after refusal' }]);
    story.pass(['w-3', 'w-4'], 2);
    expect(story.all('proposed')).toHaveLength(1);
  });

  test('is not asked to go further for the same agent again for half an hour either', () => {
    const story = new Story('approve');
    story.atRisk = ['w-3'];
    story.pass();
    story.rule('approved');
    story.pass([], 2);
    expect(story.cut).toEqual([]);
    story.atRisk = [];
    story.pass(['w-3']);
    expect(story.all('proposed').map(({ directive }) => directive.summary)).toEqual(['route around w-3']);
    story.rule('rejected');
    story.pass(['w-3'], 5);
    expect(story.all('proposed')).toEqual([]);
    expect(story.held).toMatchObject([{ guardrail: 'hold after refusal' }]);
  });

  test.each(['approve', 'auto'] as const)(
    'and went further, when a person takes all of it back, is not begun again under %s for any of its agents',
    (mode) => {
      const story = approved(['w-3'], 'approve');
      story.pass(['w-3', 'w-4'], 2);
      story.rule('approved');
      story.pass(['w-3', 'w-4'], 2);
      const [both] = story.all('active');
      story.records.set(both?.directive.id ?? '', { ...(both as DirectiveRecord), rolledBack: story.ruling() });
      story.policy = policyOf(mode);
      story.pass(['w-3', 'w-4'], 2);
      expect(story.cut).toEqual([]);
      expect(story.all('proposed')).toEqual([]);
    },
  );

  test('comes again up to what was approved, though a person did not want it to go further', () => {
    const story = approved();
    story.pass(['w-3', 'w-4'], 2);
    story.rule('rejected');
    story.pass(['w-3']);
    story.pass([], 3);
    expect(story.cut).toEqual([]);
    story.pass(['w-3']);
    expect(story.cut).toEqual(['w-3']);
  });

  test('stays when nothing calls for more any longer, and the question is withdrawn', () => {
    const story = approved();
    story.pass(['w-3', 'w-4'], 2);
    story.pass(['w-3']);
    expect(story.all('proposed')).toEqual([]);
    expect(story.cut).toEqual(['w-3']);
    expect(story.all('expired')[0]?.directive.ended?.by).toBe('superseded');
  });

  test('is led back while another agent is asked about', () => {
    const story = approved();
    story.pass(['w-4'], 4);
    const [first] = story.all('active');
    expect(weightsOf(first?.directive as Directive)).toMatchObject({ 'w-3': 0.8 });
    expect(weightsOf(first?.directive as Directive)).not.toHaveProperty('w-4');
    expect(story.all('proposed')).toHaveLength(1);
  });

  test('comes again without a question while it is being led back', () => {
    const story = approved();
    story.pass([], 3);
    expect(story.cut).toEqual([]);
    story.pass(['w-3']);
    expect(story.cut).toEqual(['w-3']);
    expect(story.records.size).toBe(1);
  });

  test('is taken further by itself once its class is on auto', () => {
    const story = approved();
    story.pass(['w-3', 'w-4'], 2);
    story.policy = policyOf('auto');
    story.pass(['w-3', 'w-4']);
    expect(story.cut).toEqual(['w-3', 'w-4']);
    expect(story.all('proposed')).toEqual([]);
  });

  test('ends together with the question when a person takes it back', () => {
    const story = approved();
    story.pass(['w-3', 'w-4'], 2);
    const [first] = story.all('active');
    story.records.set(first?.directive.id ?? '', { ...(first as DirectiveRecord), rolledBack: story.ruling() });
    story.pass(['w-3', 'w-4'], 5);
    expect(story.all('active')).toEqual([]);
    // Nobody has said a word about the other.
    expect(story.all('proposed').map(({ directive }) => directive.summary)).toEqual(['route around w-4']);
  });

  test('ends together with the question when the kill switch is turned on', () => {
    const story = approved();
    story.pass(['w-3', 'w-4'], 2);
    story.policy = policyOf('recommend', { killSwitch: true });
    story.pass(['w-3', 'w-4']);
    expect(story.all('rolled_back')).toHaveLength(2);
  });

  test('deciding a minute again asks once', () => {
    const story = approved();
    story.decide(['w-3', 'w-4']);
    const once = story.records;
    story.decide(['w-3', 'w-4']);
    expect(story.records).toEqual(once);
  });
});

describe('what acted by itself', () => {
  test.each(['recommend', 'approve'] as const)(
    'stays as it is when its class is set to %s, and people are asked for more',
    (mode) => {
      const story = new Story('auto');
      story.pass(['w-3'], 3);
      story.policy = policyOf(mode);
      story.pass(['w-3', 'w-4'], 10);
      expect(story.cut).toEqual(['w-3']);
      expect(story.all('proposed').map(({ directive }) => directive.summary)).toEqual(['route around w-3, w-4']);
      story.pass([], 5);
      expect([...story.all('active'), ...story.all('proposed')]).toEqual([]);
    },
  );

  test('stays as it is in a class that is demoted, and more of it is held', () => {
    const story = new Story('auto');
    story.pass(['w-3'], 3);
    const harmful = routeDirective(story.nowMs - 5 * MINUTE_MS, {
      ...{ id: 'harmful', subject: 'others' },
      ended: { how: 'rolled_back', atMs: story.nowMs - MINUTE_MS, why: 'harm', by: 'harm' },
    });
    story.records.set(harmful.id, directiveRecord(harmful));
    story.pass(['w-3', 'w-4'], 3);
    expect(story.cut).toEqual(['w-3']);
    expect(story.all('proposed')).toEqual([]);
    expect(story.held).toMatchObject([{ guardrail: 'mode', summary: 'route around w-3, w-4' }]);
  });
});

test('what spoke against a route around an agent speaks against it too where it only gets less, beside another', () => {
  const story = new Story('auto');
  story.atRisk = ['w-4'];
  story.pass([], 3);
  const [first] = story.all('active');
  expect(first?.directive.blastRadius.agents).toEqual(['w-4']);
  story.records.set(first?.directive.id ?? '', { ...(first as DirectiveRecord), rolledBack: story.ruling() });
  story.pass(['w-7'], 3);
  const [second] = story.all('active');
  expect(second?.directive.blastRadius.agents).toEqual(['w-7']);
});

test('nothing comes into force in a class that is not on auto and was not approved', () => {
  const agent = fc.constantFrom('w-1', 'w-2', 'w-3');
  const minute = fc.record({
    ill: fc.uniqueArray(agent, { maxLength: 2 }),
    mode: fc.option(fc.constantFrom<Mode>('auto', 'auto', 'approve', 'recommend', 'recommend', 'observe'), { freq: 5 }),
    ruling: fc.option(fc.constantFrom('approved' as const, 'approved' as const, 'rejected' as const), { freq: 2 }),
    minutes: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(minute, { minLength: 5, maxLength: 25 }), fc.boolean(), (minutes, isPutOff) => {
      const story = new Story('recommend');
      let mode: Mode = 'recommend';
      const approved = new Map<string, string[]>();
      for (const it of minutes) {
        mode = it.mode ?? mode;
        story.policy = policyOf(mode, { holdOutShare: isPutOff ? 1 : 0 });
        const asked = story.all('proposed').at(-1)?.directive;
        if (it.ruling && asked) {
          if (it.ruling === 'approved')
            approved.set(
              asked.id,
              Object.keys(weightsOf(asked)).filter((name) => (weightsOf(asked)[name] ?? 1) <= 0.2),
            );
          story.rule(it.ruling);
        }
        for (let i = 0; i < it.minutes; i++) {
          const before = story.cut;
          story.pass(it.ill);
          const may = [...before, ...story.all('active').flatMap(({ directive }) => approved.get(directive.id) ?? [])];
          if (mode !== 'auto') expect(may).toEqual(expect.arrayContaining(story.cut));
          if (mode === 'observe') expect(story.cut).toEqual([]);
        }
      }
    }),
    { numRuns: 60 },
  );
});

describe('the effect', () => {
  const ack = (story: Story, applied: boolean) => ({ applied, atMs: story.nowMs, by: 'dispatcher', note: 'busy' });

  test('is measured over ten minutes, from the second minute after the acknowledgement', () => {
    const story = new Story('auto');
    story.pass(['w-7']);
    story.say({ ack: ack(story, true) });
    story.pass(['w-7']);
    expect(story.only.directive.effect).toMatchObject({ state: 'measuring', from: START + 3, to: START + 13 });
  });

  test.each([
    { what: 'nobody acknowledged', word: null, reason: 'no orchestrator acknowledged it' },
    { what: 'was not applied', word: false, reason: 'dispatcher did not apply it: busy' },
    { what: 'ended too early', word: true, reason: 'it ended before it could be measured: rolled back by ann' },
  ])('is unmeasurable for what $what', ({ word, reason }) => {
    const story = new Story('auto');
    story.pass(['w-7']);
    if (word !== null) story.say({ ack: ack(story, word) });
    story.pass(['w-7'], 2);
    story.say({ rolledBack: story.ruling() });
    story.pass(['w-7']);
    expect(story.only.directive.effect).toEqual({ state: 'measured', verdict: 'unmeasurable', reason });
  });

  test('is unmeasurable when the directive comes to concern another agent in the middle', () => {
    const story = new Story('auto');
    story.pass(['w-7']);
    story.say({ ack: ack(story, true) });
    story.pass(['w-7'], 3);
    story.pass(['w-7', 'w-8']);
    expect(story.only.directive.effect).toMatchObject({
      verdict: 'unmeasurable',
      reason: 'it came to concern w-7, w-8 while it was measured',
    });
  });
});

describe('in a pool of thousands', () => {
  test('a directive names the agents it leads around, fits into an item, and ends when they are well', () => {
    const story = new Story('auto', 5_000);
    story.pass(['w-1', 'w-2'], 2);
    expect(story.only.directive.params).toMatchObject({ weights: { 'w-1': 0.05, 'w-2': 0.05 } });
    expect(JSON.stringify(story.only).length).toBeLessThan(10_000);
    story.pass([], 8);
    expect(story.only.directive.ended).not.toBeNull();
  });

  test('what concerns more than a hundred agents has a cause that they share, and nothing is led around them', () => {
    const story = new Story('auto', 5_000);
    story.pass(Array.from({ length: 101 }, (_, i) => `w-${i + 1}`));
    expect(story.records.size).toBe(0);
  });
});
