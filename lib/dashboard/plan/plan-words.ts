import { clockText } from '../show-time.ts';
import { valueText } from '../show-value.ts';
import type { Saturation } from './forecast-answer.ts';
import { momentText } from './forecast-words.ts';
import type { PlanAnswer, PredictedBottleneck } from './plan-answer.ts';

const triggers: Readonly<Record<string, string>> = {
  hour: 'as each hour',
  'capacity moved': 'because usable capacity had moved by more than a tenth',
  'load moved': 'because the load had moved by more than a tenth',
  'what-if': 'for other assumptions',
};

/** When and why a plan was made, and for when. */
export function madeSentence({ madeAt, trigger, for: hour }: PlanAnswer, nowMs: number): string {
  if (madeAt === null) return 'not made yet';
  const made = `Made ${clockText(Date.parse(madeAt), nowMs)} UTC ${triggers[trigger ?? ''] ?? ''}`.trim();
  return hour === null ? `${made}.` : `${made}, for the hour from ${clockText(Date.parse(hour), nowMs)} UTC.`;
}

const statuses: Readonly<Record<string, string>> = {
  optimal: 'no plan costs less',
  feasible: 'keeps to every limit; time ran out before it was known to cost least',
  infeasible: 'no plan keeps to every limit; this is the best safe one',
};

/** What a plan's status means. */
export function statusSentence(status: string | null): string {
  return statuses[status ?? ''] ?? 'there is no plan';
}

const sources: Readonly<Record<string, string>> = {
  solver: 'by the solver',
  'relaxed-limits': 'by the solver, with limits overrun by the least',
  current: 'what is in force, at the new demand',
  greedy: 'largest penalty first, by the agents that there are',
};

/** Where a plan came from. */
export function sourceWords(source: string | undefined): string {
  return sources[source ?? ''] ?? source ?? '';
}

/** What is full first: `pool conv`, `CPU of pool conv`. */
export function stationName({ kind, id }: Pick<PredictedBottleneck, 'kind' | 'id'>): string {
  if (kind !== 'resource') return `${kind} ${id}`;
  const [what = id, ...rest] = id.split(':');
  const of = rest.join(':');
  const names: Readonly<Record<string, string>> = { cpu: 'CPU of pool', memory: 'memory of pool', model: 'model' };
  return names[what] === undefined || of === '' ? id : `${names[what]} ${of}`;
}

/** When something is full. */
export function fullSentence({ saturates, loadFactor }: PredictedBottleneck, nowMs: number): string {
  const limit =
    typeof loadFactor === 'number' ? `full at ${Number(loadFactor.toPrecision(3))} times what comes now` : undefined;
  if (!saturates) return limit ?? '';
  return [saturationWords(saturates, nowMs), limit].filter((part) => part !== undefined).join('; ');
}

/** When a saturation comes, in words for a cell. */
export function saturationWords(
  { at, earliestAt, latestAt }: Pick<Saturation, 'at' | 'earliestAt' | 'latestAt'>,
  nowMs: number,
): string {
  const clock = (moment: string) => `${clockText(Date.parse(moment), nowMs)}\u00a0UTC`;
  if (at !== null) {
    const between = [
      ...(earliestAt === null ? [] : [`earliest ${clock(earliestAt)}`]),
      ...(latestAt === null ? [] : [`latest ${clock(latestAt)}`]),
    ];
    return `full ${momentText(Date.parse(at), nowMs)}${between.length === 0 ? '' : `, ${between.join(', ')}`}`;
  }
  return earliestAt === null ? 'not within the forecast' : `possibly from ${clock(earliestAt)}`;
}

const priceNames: Readonly<Record<string, string>> = {
  agents: 'agents',
  tokens: 'tokens',
  quality: 'quality lost',
  unserved: 'unserved tasks',
  degraded: 'tasks done by less',
  moved: 'moved tasks',
  agentChanges: 'changed agents',
  balance: 'unbalance',
};

/** What the objective is made of: only what is not nothing. */
export function priceWords(price: Readonly<Record<string, number>>): string {
  return Object.entries(price)
    .filter(([, usd]) => Math.abs(usd) >= 0.005)
    .map(([part, usd]) => `${priceNames[part] ?? part} ${valueText(usd, 'usd')}`)
    .join(' + ');
}
