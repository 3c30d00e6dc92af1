/** Metric families as text, in the two formats that scrapers ask for. */

export interface Sample {
  /** What follows the name of the family. */
  suffix: '' | '_total' | '_sum' | '_count' | '_created' | '_info';
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface MetricFamily {
  name: string;
  type: 'counter' | 'gauge' | 'summary' | 'info';
  /** The name ends with it. */
  unit?: string;
  help: string;
  /** Those with the same labels stand together; a counter's `_created` after its `_total`. */
  samples: readonly Sample[];
}

export const expositionTypes = {
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
} as const;

export type ExpositionFormat = keyof typeof expositionTypes;

/**
 * What a scraper understands best: OpenMetrics where it names it and does not like plain text better.
 * @param accept the header as it came
 * @see https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export function formatFor(accept: string | undefined): ExpositionFormat {
  const liking = new Map<string, number>();
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    liking.set(type, Math.max(liking.get(type) ?? 0, Number.isNaN(q) ? 0 : q));
  }
  const openMetrics = liking.get('application/openmetrics-text') ?? 0;
  return openMetrics > 0 && openMetrics >= (liking.get('text/plain') ?? 0) ? 'openMetrics' : 'prometheus';
}

export function expose(families: readonly MetricFamily[], format: ExpositionFormat): string {
  const shown = families.filter(({ samples }) => samples.length > 0);
  const lines = shown.flatMap((family) => (format === 'openMetrics' ? openMetrics(family) : prometheus(family)));
  return `${[...lines, ...(format === 'openMetrics' ? ['# EOF'] : [])].join('\n')}\n`;
}

/** @see https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md */
function openMetrics({ name, type, unit, help, samples }: MetricFamily): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map((sample) => line(name, sample)),
  ];
}

/** There a counter is called as its samples are, and neither units nor times of creation are known. */
function prometheus({ name, type, help, samples }: MetricFamily): string[] {
  const called = type === 'counter' ? `${name}_total` : type === 'info' ? `${name}_info` : name;
  return [
    `# HELP ${called} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${called} ${type === 'info' ? 'gauge' : type}`,
    ...samples.filter(({ suffix }) => suffix !== '_created').map((sample) => line(name, sample)),
  ];
}

function line(name: string, { suffix, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
