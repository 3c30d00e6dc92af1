import type { Directive } from './answers.ts';
import { kpiName } from './kpi-names.ts';
import { clockText } from './show-time.ts';
import { changeText, countText, pointsText, valueText } from './show-value.ts';

type Params = Directive['params'];

/** Weights this close to 1 change nothing that anyone would notice. */
const NOTABLE = 0.1;

/** What a directive tells the orchestrator to do, in one sentence with its figures. */
export function directiveSentence({ kind, params }: Pick<Directive, 'kind' | 'params'>): string {
  switch (kind) {
    case 'route':
      return routeSentence(params);
    case 'scale':
      return scaleSentence(params);
    case 'breaker':
      return breakerSentence(params);
    case 'degrade':
      return degradeSentence(params);
    case 'failover':
      return `Fail over from ${text(params['from'])} to ${text(params['to'])}${forTypes(list(params['taskTypes']))}`;
    case 'restart':
      return `Restart ${text(params['agent'])}${params['drain'] === true ? ', after it has finished its tasks' : ''}`;
    case 'tune':
      return `Tune ${text(params['agent'] ?? params['pool'])}: ${settings(params['params'])}`;
    default:
      return `${kind}: ${settings(params)}`;
  }
}

function routeSentence(params: Params): string {
  const weights = Object.entries(record(params['weights']))
    .flatMap(([agent, weight]) => (typeof weight === 'number' ? [{ agent, weight }] : []))
    .sort((a, b) => a.weight - b.weight || a.agent.localeCompare(b.agent, 'en', { numeric: true }));
  const away = weights.filter(({ weight }) => weight < 1 - NOTABLE);
  const towards = weights.filter(({ weight }) => weight > 1 + NOTABLE).reverse();
  const of = forTypes(typeof params['taskType'] === 'string' ? [params['taskType']] : []);
  if (away.length > 0) return `Route away from ${weighted(away)}${of}`;
  if (towards.length > 0) return `Route more to ${weighted(towards)}${of}`;
  const hot = list(params['hot']);
  if (hot.length > 0) return `Avoid ${enumerate(hot)} while they have more in flight than their peers${of}`;
  return `Route evenly within ${text(params['pool'])}${of}`;
}

function weighted(weights: readonly { agent: string; weight: number }[]): string {
  const shown = weights.slice(0, 3).map(({ agent, weight }, index) => {
    const figure = String(Number(weight.toFixed(2)));
    return weights.length === 1 ? `${agent}: weight ${figure}` : `${agent} (${index === 0 ? 'weight ' : ''}${figure})`;
  });
  return enumerate(weights.length > 3 ? [...shown, `${weights.length - 3} more`] : shown);
}

function scaleSentence(params: Params): string {
  const pooling = record(params['pooling']);
  const moved = list(pooling['agents']);
  const parts = [
    ...(params['desired'] === undefined
      ? []
      : [`Scale ${text(params['pool'])} ${levels(params['before'], params['desired'])} agents`]),
    ...(moved.length === 0 ? [] : [`move ${enumerate(moved)} from ${text(pooling['from'])} to ${text(pooling['to'])}`]),
  ];
  return parts.length === 0 ? `Scale: ${settings(params)}` : capital(parts.join('; '));
}

function levels(before: unknown, desired: unknown): string {
  return typeof before === 'number' ? `from ${before} to ${text(desired)}` : `to ${text(desired)}`;
}

function breakerSentence(params: Params): string {
  const of = ['agent', 'tool', 'model'].find((key) => typeof params[key] === 'string');
  const subject = of === undefined ? 'the breaker' : `the breaker of ${of} ${text(params[of])}`;
  switch (params['state']) {
    case 'open':
      return `Open ${subject}: it gets no calls`;
    case 'half-open':
      return `Half-open ${subject}: ${share(params['probeFraction'])} of calls probe it`;
    case 'closed':
      return `Close ${subject}: it gets its calls again`;
    default:
      return `Set ${subject} to ${text(params['state'])}`;
  }
}

function degradeSentence(params: Params): string {
  const how = [
    ...(params['step'] === undefined ? [] : [`step ${text(params['step'])}`]),
    ...(params['admitFraction'] === undefined
      ? []
      : [`admit ${share(params['admitFraction'])} of tasks, the most important first`]),
    ...(params['shedBelow'] === undefined ? [] : [`shed tasks below priority ${text(params['shedBelow'])}`]),
  ];
  const of = forTypes(typeof params['taskType'] === 'string' ? [params['taskType']] : []);
  return `Degrade ${text(params['pool'])}${of}: ${how.join(', ') || settings(params)}`;
}

/** `Mean response of pool conv down by 1.21 s by 10:32`, without what is not known. */
export function expectedSentence({ expected }: Directive, nowMs: number): string | undefined {
  if (!expected) return undefined;
  const { kpi, scope, direction, size, unit, by } = expected;
  const amount = size === undefined ? '' : ` by ${amountText(Math.abs(size), unit ?? unitOf(kpi))}`;
  const until = by === undefined ? '' : ` by ${clockText(Date.parse(by), nowMs)} UTC`;
  return `${kpiName(kpi).label} of ${scope.replace(':', ' ')} ${direction}${amount}${until}`;
}

function amountText(size: number, unit: string): string {
  return unit === 'ratio' ? pointsText(size) : valueText(size, unit);
}

export type EffectVerdict = 'helped' | 'no_effect' | 'harmed' | 'unmeasurable' | 'waiting';

/** What a directive was measured to do: a verdict in words, and the figures behind it. */
export function effectSentence({ effect, expected, status, applied }: Directive): {
  verdict: EffectVerdict;
  label: string;
  figures: string;
} {
  if (!effect || effect.state === 'pending') {
    if (status === 'rejected') return { verdict: 'unmeasurable', label: 'None', figures: 'it never came into force' };
    const figures = applied === false ? 'nobody has applied it' : 'measured once it has been acknowledged';
    return { verdict: 'waiting', label: 'Not measured yet', figures };
  }
  if (effect.state === 'measuring') {
    return { verdict: 'waiting', label: 'Measuring', figures: 'compared with what would have been without it' };
  }
  if (effect.verdict === 'unmeasurable') {
    return { verdict: 'unmeasurable', label: 'Unmeasurable', figures: effect.reason ?? 'no reason was given' };
  }
  const { estimate, low, high, n } = effect;
  const unit = effect.unit ?? expected?.unit ?? unitOf(expected?.kpi ?? '');
  const about = expected ? `${kpiName(expected.kpi).label.toLowerCase()} ` : '';
  const interval =
    low === undefined || high === undefined
      ? ''
      : ` (90 % interval ${changeText(low, unit)} to ${changeText(high, unit)})`;
  const sample = n === undefined ? '' : `, n\u00a0${countText(n)}`;
  const figures = estimate === undefined ? '' : `${about}${changeText(estimate, unit)}${interval}${sample}`;
  switch (effect.verdict) {
    case 'helped':
      return { verdict: 'helped', label: 'Helped', figures };
    case 'harmed':
      return { verdict: 'harmed', label: 'Harmed', figures };
    case 'no_effect':
      return { verdict: 'no_effect', label: 'No effect', figures };
    default:
      return { verdict: 'waiting', label: effect.verdict ?? effect.state, figures };
  }
}

const units: Readonly<Record<string, string>> = {
  average_response_time: 'ms',
  end_to_end_latency: 'ms',
  error_frequency: '1/min',
  overall_throughput: '1/min',
  cost_per_task: 'usd',
};

function unitOf(kpi: string): string {
  return units[kpi] ?? (/ratio|rate|utilization|availability|compliance/.test(kpi) ? 'ratio' : '');
}

function forTypes(taskTypes: readonly string[]): string {
  return taskTypes.length === 0 ? '' : ` for ${enumerate(taskTypes)} tasks`;
}

function settings(value: unknown): string {
  const pairs = Object.entries(record(value));
  return pairs.map(([name, setting]) => `${name} ${text(setting)}`).join(', ') || 'nothing';
}

/** A share 0..1 in percent. */
function share(value: unknown): string {
  return typeof value === 'number' ? valueText(value, 'ratio') : 'some';
}

function enumerate(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '?' : JSON.stringify(value);
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function capital(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}
