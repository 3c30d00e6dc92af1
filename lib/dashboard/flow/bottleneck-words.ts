import { showValue, valueText } from '../show-value.ts';
import type { Bottleneck, BottlenecksAnswer } from './flow-answers.ts';

/** What limits the throughput first: `Pool triage, 82 % used`. */
export function bottleneckName({ kind, id, utilization }: Bottleneck): string {
  return `${kind === 'pool' ? 'Pool' : kind === 'agent' ? 'Agent' : kind === 'tool' ? 'Tool' : 'Resource'} ${id}, ${valueText(utilization, 'ratio')} used`;
}

/** What one more agent would bring, or half the demand where agents do not help. */
export function gainSentence({ kind, expectedGain }: Bottleneck, jobs: string): string {
  if (expectedGain === null) return 'What relieving it would bring is not known.';
  const { boundPerMin, oneMoreAgent, demandHalved, next } = expectedGain;
  const relief = kind === 'pool' && oneMoreAgent ? oneMoreAgent : demandHalved;
  const how = relief === oneMoreAgent ? 'One more agent' : 'Half the demand on it';
  const most = `the most that can be done from ${rate(boundPerMin)} to ${rate(relief.boundPerMin)} ${jobs} per minute`;
  if (relief.gain < 0.000_5)
    return `${how} would not raise ${rate(boundPerMin)} ${jobs} per minute, the most that can be done.`;
  const then = next === null ? '' : ` With half the demand, ${next.kind} ${next.id} would limit next.`;
  return `${how} would raise ${most} (+${valueText(relief.gain, 'ratio')}).${then}`;
}

/** How far the system is from its bound: `588 of at most 1,139 workflows per minute`. */
export function boundSentence({ jobs, throughputPerMin, boundPerMin }: BottlenecksAnswer['system']): string {
  if (boundPerMin === null) return `${rate(throughputPerMin)} ${jobs} per minute; how many it could be is not known.`;
  return `Now ${rate(throughputPerMin)} of at most ${rate(boundPerMin)} ${jobs} per minute.`;
}

function rate(perMin: number): string {
  return showValue(perMin, '1/min').figure;
}
