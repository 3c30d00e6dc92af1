import { describe, expect, test } from 'vitest';
import { brokenDown } from '../../../lib/core/alert/broken-down.ts';
import { alertFingerprint } from '../../../lib/core/alert/fingerprint.ts';
import { agentAtRisk } from '../../../lib/core/alert/rules/agent-at-risk.ts';
import type { ShareRing } from '../../../lib/core/detect/share-ring.ts';
import type { AgentCourse, CourseReading } from '../../../lib/core/predict/agent-course.ts';
import { declineSigns } from '../../../lib/core/predict/agent-signs.ts';
import { foresightAfter, noForesight } from '../../../lib/core/predict/foresight.ts';
import { riskOf } from '../../../lib/core/predict/hazard.ts';
import { agentOutlooks } from '../../../lib/core/predict/outlook.ts';
import { JudgedPool, names } from '../../fixtures/judged-minutes.ts';

const WELL: CourseReading = {
  ...{ ended: 60, failed: 0, peersFailedPermille: 5, slowPercent: 0, slowErrorPercent: 10, beatLateTenths: 0 },
};
const agents = names(12);

/** A pool of twelve, the first of which has these readings; the others hold still. */
class Leaking extends JudgedPool {
  readonly #permille: readonly number[];
  readonly #failed: readonly number[];
  readonly #alike: number;

  /** @param alike so many do the same */
  constructor(permille: readonly number[], failed: readonly number[] = permille.map(() => 0), alike = 1) {
    super(agents);
    [this.#permille, this.#failed, this.#alike] = [permille, failed, alike];
    this.pass({});
    while (this.minute % 5 !== 0) this.pass({});
  }

  override context() {
    const slot = this.minute / 5;
    const still = this.#permille.map((_, i) => 300 + 20 * (i % 2));
    const memory = new Map<string, ShareRing>(
      agents.map((agent, i) => [agent, { slot, permille: i < this.#alike ? [...this.#permille] : still }]),
    );
    const courses = new Map<string, AgentCourse>(
      agents.map((agent, i) => [
        agent,
        { slot, readings: this.#failed.map((it) => ({ ...WELL, failed: i < this.#alike ? it : 0 })) },
      ]),
    );
    return super.context({ memory, courses });
  }

  outlook() {
    return agentOutlooks(this.context()).get('w-01');
  }
}

const growing = [300, 320, 300, 320, 300, 320, 390, 460, 530];
const scope = { pool: 'workers', agent: 'w-01' };

describe('an agent whose memory has begun to grow', () => {
  test('is told to be degraded or break down soon, before its breaking down is likelier than not', () => {
    const pool = new Leaking(growing);
    const outlook = pool.outlook();
    expect(outlook?.decline).toBeGreaterThan(0.3);
    expect(outlook?.probability).toBeLessThan(0.5);
    expect(pool.breaching(agentAtRisk)).toEqual(['w-01']);
    expect(pool.judge(agentAtRisk, scope)).toMatchObject({
      finding: {
        title: expect.stringMatching(/^Agent w-01 is degraded or breaks down with \d chances in 10 within 30 min$/),
      },
    });
  });

  test('is told by the same alert that it breaks down when that is likely', () => {
    const pool = new Leaking([...growing.slice(3), 600, 670, 740, 810]);
    expect(pool.judge(agentAtRisk, scope)).toMatchObject({
      finding: { title: expect.stringMatching(/^Agent w-01 runs out of memory/) },
    });
    expect(pool.breaching(agentAtRisk)).toEqual(['w-01']);
  });

  test('is not told of where a quarter of its pool does the same, nor where it is slow already', () => {
    expect(new Leaking(growing, undefined, 3).breaching(agentAtRisk)).toEqual([]);
    const slow = new Leaking(growing);
    slow.firing.add(alertFingerprint('agent-slower', scope));
    expect(slow.breaching(agentAtRisk)).toEqual([]);
  });
});

test('who fails at once is not foretold to', () => {
  const still = growing.map(() => 300);
  expect(new Leaking(still, [0, 0, 0, 0, 0, 0, 0, 20, 50]).breaching(agentAtRisk)).toEqual([]);
  expect(new Leaking(still, [0, 0, 0, 0, 0, 0, 0, 27, 27]).breaching(agentAtRisk)).toEqual([]);
  expect(new Leaking(still, [0, 0, 0, 0, 0, 0, 18, 18, 18]).breaching(agentAtRisk)).toEqual([]);
  expect(new Leaking(still, [0, 0, 0, 0, 5, 9, 13, 18, 22]).breaching(agentAtRisk)).toEqual(['w-01']);
});

test('what was degraded makes the same signs count more, and what came to nothing less', () => {
  const { memory, courses, minute, roster, inUse } = new Leaking(growing).context();
  const signs = agentOutlooks({ memory, courses, minute, roster, inUse, foresight: noForesight }).get('w-01')?.signs;
  const later = { minute: minute + 32, roster };
  const learn = (declined: readonly string[], at = later) =>
    foresightAfter({ memory, courses, inUse, foresight: noForesight }, at, {
      ...{ agents: new Set<string>(), declined: new Set(declined), pools: new Set<string>() },
    });
  const risk = (of: typeof noForesight) => riskOf(of.declines, signs?.decline ?? []).probability;
  const told = learn(['w-01'], { minute: minute + 7, roster });
  expect(risk(told)).toBeGreaterThan(risk(noForesight));
  expect(told.declinedAgents.get('w-01')).toBe(minute / 5 + 1);
  expect(told.brokeAgents.size).toBe(0);
  expect(risk(learn([]))).toBeLessThan(risk(noForesight));
  expect(signs?.decline).toHaveLength(declineSigns.length);
});

test('who takes twice as long or fails half of its tasks is degraded, who fails a tenth is not yet', () => {
  const of = (rule: string, agent: string, value: number) => ({ rule, scope: { pool: 'workers', agent }, value });
  const { agents: broken, declined } = brokenDown([
    ...[of('agent-slower', 'a', 900), of('agent-failing', 'b', 0.55), of('agent-failing', 'c', 0.12)],
    of('agent-dead', 'd', 1),
  ]);
  expect([...declined]).toEqual(['a', 'b']);
  expect([...broken]).toEqual(['d']);
});
