import { Simulation } from '../lib/sim/engine/simulation.ts';
import { judgeRun, MITIGATION_LIMIT_MINUTES, type RunVerdict } from '../lib/sim/judge/judge-run.ts';
import { policies } from '../lib/sim/policies/registry.ts';
import { referenceScenario } from './baselines/reference-scenario.ts';
import { shareOfGap } from './gap.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';

/** As they were measured with another simulator of the same model: attainment in %, and agent-hours. */
const reference: Record<string, { letter: string; attainment: number; agentHours: number }> = {
  'round-robin': { letter: 'A', attainment: 83.43, agentHours: 201 },
  'power-of-two': { letter: 'B', attainment: 98.07, agentHours: 200 },
  'round-robin+autoscaler': { letter: 'C', attainment: 96.17, agentHours: 270 },
  'power-of-two+autoscaler': { letter: 'D', attainment: 98.41, agentHours: 267 },
  'weights+ejection-10': { letter: 'E', attainment: 94.36, agentHours: 201 },
  'weights+ejection-30+staffing': { letter: 'F', attainment: 97.17, agentHours: 219 },
  'power-of-two+weights+ejection+staffing': { letter: 'G', attainment: 98.67, agentHours: 206 },
  'power-of-two+weights+ejection+autoscaler': { letter: 'H', attainment: 98.75, agentHours: 250 },
  oracle: { letter: 'Z', attainment: 99.05, agentHours: 183 },
};

/** Every baseline on the reference model, with the same seeds. */
export function benchBaselines(seeds: number, print: (line: string) => void): boolean {
  const verdicts = new Map<string, RunVerdict[]>();
  for (const [name, policy] of Object.entries(policies)) {
    const runs = Array.from({ length: seeds }, (_, i) => {
      const simulation = new Simulation({ scenario: referenceScenario, seed: i + 1, policy });
      return judgeRun(simulation.run(), referenceScenario);
    });
    verdicts.set(name, runs);
  }
  const attainments = (name: string) => (verdicts.get(name) ?? []).map(({ attainment }) => 100 * (attainment ?? 0));
  const [worst, best] = [attainments('round-robin'), attainments('oracle')];
  const kinds = referenceScenario.faults.map(({ kind }) => kind);
  print(`${seeds} seeds; attainment in %; in each fault: attainment, and minutes to mitigate (median)`);
  for (const [name, runs] of verdicts) {
    const own = attainments(name);
    const gap = shareOfGap([{ own, low: worst, high: best }]);
    const of = reference[name];
    const faults = kinds.map((kind, i) => {
      const attained = mean(runs.map(({ faults }) => 100 * (faults[i]?.attainment ?? 0)));
      const minutes = median(runs.map(({ faults }) => faults[i]?.minutesToMitigate ?? Number.POSITIVE_INFINITY));
      return `${kind} ${attained.toFixed(1)} (${Number.isFinite(minutes) ? minutes : `${MITIGATION_LIMIT_MINUTES}+`})`;
    });
    print(
      [
        `${of?.letter ?? ' '} ${name}: ${mean(own).toFixed(2)}${of ? ` (reference ${of.attainment})` : ''}`,
        `p95 ${mean(runs.map(({ responseMs }) => (responseMs?.p95 ?? 0) / 1_000)).toFixed(0)} s`,
        `agent-hours ${mean(runs.map((run) => run.agentHours)).toFixed(0)}${of ? ` (${of.agentHours})` : ''}`,
        ...faults,
        `ejections ${mean(runs.map(({ actions }) => actions.eject)).toFixed(1)} (false ${mean(runs.map((run) => run.falseEjections)).toFixed(1)})`,
        `scale ${mean(runs.map(({ actions }) => actions.scale)).toFixed(0)}`,
        `of the gap A to Z ${gap.estimate.toFixed(0)} % (95 % interval ${gap.low.toFixed(0)} to ${gap.high.toFixed(0)})`,
      ].join('; '),
    );
  }
  return isInOrder(attainments);
}

/** As the reference has it: no control is worst, the oracle best, and two choices beat turns under the same scaling. */
function isInOrder(attainments: (name: string) => number[]): boolean {
  const of = (name: string) => mean(attainments(name));
  const orders = [
    ['round-robin', 'weights+ejection-10', 'round-robin+autoscaler', 'power-of-two+autoscaler', 'oracle'],
    ['round-robin', 'power-of-two', 'power-of-two+autoscaler', 'power-of-two+weights+ejection+staffing'],
  ];
  return orders.every((names) => names.every((name, i) => i === 0 || of(names[i - 1] ?? '') <= of(name) + 0.05));
}
