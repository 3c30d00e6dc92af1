import { expect, test } from 'vitest';
import { labelOf, observe } from '../../../bench/predict/observed-run.ts';
import { reportPredictions } from '../../../bench/predict.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../../fixtures/scenario.ts';

test('a leak and an error ramp are predicted ten minutes ahead, an agent that fails at once is not', async () => {
  const fleet = scenarioWith({
    ...{ minutes: 105, arrivals: poisson(150) },
    pools: [poolSpec('writers', { agents: 10, slots: 4 })],
    taskTypes: [taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120 })],
    faults: [
      {
        ...{ kind: 'leak', atMinute: 25, minutes: 60, factorAtEnd: 2.5, memoryAtEnd: 0.97 },
        targets: { agents: ['writers-02'] },
      },
      { kind: 'error_ramp', atMinute: 50, minutes: 45, shareAtEnd: 0.8, targets: { agents: ['writers-05'] } },
      {
        ...{ kind: 'fail_fast', atMinute: 40, minutes: 25, share: 0.8, afterMs: 500 },
        targets: { agents: ['writers-08'] },
      },
    ],
  });
  const run = await observe('short', fleet, 3);
  expect(run.breakdowns.filter(({ kind }) => kind === 'crash').map(({ subject, at }) => [subject, at])).toEqual([
    ['writers-02', 85],
    ['writers-05', 95],
  ]);
  for (const { subject, at } of run.breakdowns.filter(({ kind }) => kind === 'crash')) {
    const first = run.predictions.find((it) => it.subject === subject);
    expect(at - (first?.minute ?? at)).toBeGreaterThanOrEqual(10);
  }
  expect(run.predictions.filter(({ subject }) => !['writers-02', 'writers-05'].includes(subject))).toEqual([]);
  // One alert for the degradation and for the crash that follows it.
  const atRisk = run.predictions.filter(({ rule }) => rule === 'agent-at-risk');
  expect(atRisk.map(({ subject }) => subject).sort()).toEqual(['writers-02', 'writers-05']);
  const degradations = run.breakdowns.filter(({ kind, rampFrom }) => kind === 'degradation' && rampFrom !== null);
  expect(degradations.map(({ subject, at }) => [subject, Math.round(at)])).toEqual([
    ['writers-02', 65],
    ['writers-05', 78],
  ]);
  // The errors grow for 28 minutes before they are half of the tasks; the leak for 40 before it doubles times.
  expect(65 - (atRisk.find(({ subject }) => subject === 'writers-02')?.minute ?? 65)).toBeGreaterThanOrEqual(10);
  const lines: string[] = [];
  reportPredictions([run], (line) => lines.push(line));
  expect(lines.join('\n')).toMatch(/crash: 2 of 2 predicted 10 min ahead or more/);
});

test('what is down is not asked whether it breaks down', () => {
  const crash = { subject: 'a', kind: 'crash' as const, at: 50, until: 60, rampFrom: 20 };
  expect(labelOf({ subject: 'a', minute: 19 }, [crash], 30)).toBe('lasts');
  expect(labelOf({ subject: 'a', minute: 20 }, [crash], 30)).toBe('fails');
  expect(labelOf({ subject: 'b', minute: 20 }, [crash], 30)).toBe('lasts');
  expect(labelOf({ subject: 'a', minute: 51 }, [crash], 30)).toBe('down');
  expect(labelOf({ subject: 'a', minute: 76 }, [crash], 30)).toBe('lasts');
});
