import type { Alert } from '../answers.ts';
import { inWords } from '../kpi-names.ts';

export interface SilenceScope {
  words: string;
  matchers: Record<string, string>;
}

/** What somebody may want quiet of who looks at an alert, the narrowest first. */
export function silenceScopes({ id, kind, scope, team, rule }: Alert): SilenceScope[] {
  const { agent, pool, taskType } = scope;
  return [
    { words: 'this alert only', matchers: { alert: id } },
    ...(agent === undefined ? [] : [{ words: `everything of agent ${agent}`, matchers: { agent } }]),
    ...(taskType === undefined ? [] : [{ words: `everything of task type ${taskType}`, matchers: { taskType } }]),
    ...(pool === undefined
      ? []
      : [
          { words: `${inWords(kind).toLowerCase()} in pool ${pool}`, matchers: { pool, kind } },
          { words: `everything in pool ${pool}`, matchers: { pool } },
        ]),
    ...(team ? [{ words: `everything of team ${team}`, matchers: { team } }] : []),
    ...(rule === undefined ? [] : [{ words: `the rule ${rule}, wherever it fires`, matchers: { rule } }]),
  ];
}

/** `pool conv, kind latency_*` */
export function matcherWords(matchers: Readonly<Record<string, string>>): string {
  return Object.entries(matchers)
    .map(([name, value]) => `${inWords(name).toLowerCase()} ${value}`)
    .join(', ');
}

export const silenceLengths = [
  { words: '30 min', minutes: 30 },
  { words: '1 h', minutes: 60 },
  { words: '4 h', minutes: 240 },
  { words: '8 h', minutes: 480 },
  { words: '1 d', minutes: 1_440 },
  { words: '3 d', minutes: 4_320 },
  { words: '7 d', minutes: 10_080 },
] as const;

export const matcherNames = ['pool', 'agent', 'team', 'kind', 'severity', 'taskType', 'rule', 'alert'] as const;
