import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';

/** Tasks that come at a rate, in whole ones. */
class Stream {
  #due = 0;

  next(perMinute: number): number {
    this.#due += perMinute;
    const whole = Math.floor(this.#due + 1e-9);
    this.#due -= whole;
    return whole;
  }
}

/** Ten agents, of which the first failed and is well, or swallows what it gets, from the minute on in which it is cut off. */
class Probed {
  readonly members;
  readonly fleet;
  readonly #usual = new Stream();
  readonly #sent = new Stream();
  readonly #atWork: number[];
  readonly #perMinute: number;
  readonly #serviceMin: number;
  readonly #slots: number;

  constructor(serviceMin: number, slots: number) {
    this.members = poolOf('w', 10, slots);
    this.fleet = new DecidedFleet('breaker', this.members);
    this.#atWork = Array<number>(serviceMin).fill(0);
    [this.#serviceMin, this.#slots] = [serviceMin, slots];
    this.#perMinute = (0.7 * slots) / serviceMin;
    for (let i = 0; i < 6; i++) this.fleet.pass(this.#others());
    this.fleet.pass({ ...this.#others(), 'w-01': { failed: 20, serviceMs: 100 } });
    expect(this.fleet.params).toMatchObject([{ agent: 'w-01' }]);
  }

  /** A minute in which it gets what its breaker lets through. @returns its state after that */
  pass(isWell: boolean): string {
    this.#atWork.push(this.#sent.next(this.#perMinute * (this.fleet.params[0]?.probeFraction ?? 1)));
    const ended = isWell ? (this.#atWork.shift() ?? 0) : 0;
    const busy = this.#atWork.reduce((sum, n) => sum + n, 0) / this.#slots;
    this.fleet.pass({ ...this.#others(), 'w-01': this.#did(ended, Math.min(1, busy)) });
    return this.fleet.params[0]?.state ?? 'closed';
  }

  #others(): Record<string, AgentDid> {
    return each(this.members, this.#did(this.#usual.next(this.#perMinute), 0.7));
  }

  #did(completed: number, utilization: number): AgentDid {
    return { completed, serviceMs: this.#serviceMin * MINUTE_MS, utilization, queued: 0, slots: this.#slots };
  }
}

describe('an agent that is probed, of a pool whose tasks take minutes', () => {
  test.each([
    { serviceMin: 3, slots: 16 },
    { serviceMin: 4, slots: 16 },
    { serviceMin: 5, slots: 32 },
  ])('is back when its probes had the time to end: $serviceMin min, $slots slots', ({ serviceMin, slots }) => {
    const probed = new Probed(serviceMin, slots);
    let minutes = 0;
    while (probed.fleet.active.length > 0 && minutes < 60) {
      probed.pass(true);
      minutes += 1;
      // It is probed once, and no probe counts against it.
      expect(probed.fleet.active.every(({ memory }) => memory.times === 1)).toBe(true);
    }
    expect(minutes).toBeLessThanOrEqual(serviceMin + 8);
  });

  test('is cut off again when its probes had that time, and none ended', () => {
    const probed = new Probed(3, 16);
    const states = Array.from({ length: 14 }, () => probed.pass(false));
    const [first, last] = [states.indexOf('half-open'), states.lastIndexOf('half-open')];
    expect(states.slice(first, first + 6)).toEqual(Array(6).fill('half-open'));
    expect(states.slice(first, last + 1)).toContain('open');
  });
});

test('an agent that knows a rare task type only is back with its few probes: none is missed of what others do', () => {
  const members = poolOf('w', 10, 4);
  const fleet = new DecidedFleet('breaker', members);
  for (const { agent } of members) {
    const description = fleet.roster.get(agent)?.description;
    if (description) description.skills = agent === 'w-01' || agent === 'w-02' ? { rare: 1 } : { usual: 1 };
  }
  const rare: AgentDid = { completed: 1, taskType: 'rare' };
  const others = (minute: number) => ({
    ...each(members.slice(2), { completed: 40, taskType: 'usual' }),
    'w-02': minute % 3 === 0 ? rare : {},
  });
  for (let i = 0; i < 6; i++) fleet.pass({ ...others(i), 'w-01': rare });
  const told = [{ rule: 'agent-failing', scope: { agent: 'w-01', pool: 'w' } }];
  fleet.pass({ ...others(0), 'w-02': rare, 'w-01': { failed: 10, taskType: 'rare' } }, told);
  expect(fleet.params).toMatchObject([{ agent: 'w-01', state: 'open' }]);
  const stream = new Stream();
  let minutes = 0;
  for (; fleet.active.length > 0 && minutes < 60; minutes++) {
    const completed = stream.next(0.15 * (fleet.params[0]?.probeFraction ?? 1));
    fleet.pass({ ...others(minutes), 'w-01': { ...rare, completed } });
  }
  expect(minutes).toBeLessThanOrEqual(20);
});

test('an agent that never sends heartbeats is let go once nobody has told of it for an hour, not while its probes time out', () => {
  const members = poolOf('w', 10, 4);
  const well = (): Record<string, AgentDid> => each(members.slice(1), { completed: 20, serviceMs: 1_000 });
  const failed = () => {
    const fleet = new DecidedFleet('breaker', members);
    for (let i = 0; i < 3; i++) fleet.pass({ ...well(), 'w-01': { completed: 20, serviceMs: 1_000, isSilent: true } });
    for (let i = 0; i < 3; i++) fleet.pass({ ...well(), 'w-01': { failed: 20, serviceMs: 100, isSilent: true } });
    expect(fleet.params).toMatchObject([{ agent: 'w-01', state: 'open' }]);
    return fleet;
  };
  const vanished = failed();
  for (let i = 0; i < 58; i++) vanished.pass(well());
  expect(vanished.active).toHaveLength(1);
  for (let i = 0; i < 4; i++) vanished.pass(well());
  expect(vanished.active).toHaveLength(0);
  expect([...vanished.records.values()][0]?.directive.ended).toMatchObject({
    why: 'nothing was heard of w-01 for an hour',
  });
  const broken = failed();
  for (let i = 0; i < 90; i++)
    broken.pass({ ...well(), ...(i % 10 === 0 && { 'w-01': { timeout: 1, isSilent: true } }) });
  expect(broken.active).toHaveLength(1);
});
