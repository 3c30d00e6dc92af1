import type { PublishedMessage } from '../local/notifications.ts';
import type { DemoApi } from './demo-api.ts';
import type { DemoStory } from './demo-story.ts';

interface KpiValue {
  value: number | null;
  n: number;
  p95?: number;
}

interface ToldPool {
  pool: string;
  state: string;
  why: string;
  kpis: Record<string, KpiValue>;
}

interface ToldAlert {
  scope: { agent?: string };
  severity: string;
  title: string;
  onsetAt: string;
  detectedAt: string;
}

interface ToldDirective {
  id: string;
  summary: string;
  status: string;
  mode: string;
  issuedAt: string;
  ackedAt?: string;
  evidence: string[];
  expected: { kpi: string; direction: string; size: number; unit: string; scope: string };
  effect: {
    state: string;
    verdict?: string;
    reason?: string;
    estimate?: number;
    low?: number;
    high?: number;
    evidence?: string[];
  };
}

interface Ledger {
  received: number;
  stored: number;
  pending: number;
  difference: number;
}

/** Tells a person at a terminal what happens, as the API and the alerts topic have it. */
export class DemoNarration {
  readonly #api: DemoApi;
  readonly #say: (line: string) => void;
  readonly #elapsedMs: () => number;
  #told = 0;
  readonly #said = new Set<string>();

  /** @param elapsedMs real time since the demo was started */
  constructor(api: DemoApi, elapsedMs: () => number, say: (line: string) => void) {
    this.#api = api;
    this.#elapsedMs = elapsedMs;
    this.#say = say;
  }

  /**
   * One line for the minute that has ended, and a paragraph for each thing that is new.
   * @param figures of the minute beside those of the pools
   */
  async minute(nowMs: number, published: readonly PublishedMessage[], figures: readonly string[] = []): Promise<void> {
    const { pools } = await this.#api.get<{ pools: ToldPool[] }>(`/v1/pools?window=1m&at=${nowMs}`);
    this.#say(`${time(nowMs)}  ${[...pools.map(poolFigures), ...figures].join('   ')}`);
    for (const message of published.slice(this.#told)) this.#alert(message);
    this.#told = published.length;
    const { directives } = await this.#api.get<{ directives: ToldDirective[] }>('/v1/directives');
    for (const directive of directives.toReversed()) this.#directive(directive);
  }

  #alert({ bodies }: PublishedMessage): void {
    const [headline = '', , why = '', , ...rest] = (bodies['email'] ?? '').split('\n');
    const since = rest.find((line) => line.startsWith('Since: ')) ?? '';
    this.#paragraph([`ALERT ${headline}`, why, since]);
  }

  #directive(directive: ToldDirective): void {
    const { id, summary, status, mode, expected, effect, evidence, ackedAt } = directive;
    const once = (step: string, lines: () => string[]) => {
      if (this.#said.has(`${id} ${step}`)) return;
      this.#said.add(`${id} ${step}`);
      this.#paragraph(lines());
    };
    once('issued', () => [
      `DIRECTIVE ${id} (mode ${mode}): ${summary}`,
      ...evidence.slice(1, 2),
      expected.kpi === 'average_response_time'
        ? `Expected: the mean response of ${expected.scope} falls by ${seconds(expected.size)}.`
        : `Expected: ${expected.kpi} of ${expected.scope} goes ${expected.direction} by ${Number(expected.size.toPrecision(2))} ${expected.unit}.`,
    ]);
    if (ackedAt !== undefined)
      once('acknowledged', () => [`The dispatcher applied it at ${time(Date.parse(ackedAt))}.`]);
    if (effect.state === 'measured') {
      once('measured', () => [
        `VERDICT on ${summary}: ${effect.verdict?.replace('_', ' ')}${effect.reason ? ` (${effect.reason})` : ''}`,
        ...(effect.estimate === undefined
          ? []
          : [
              `${figureOf(expected)}: ${signed(effect.estimate, expected.unit)} (90 % interval ${signed(effect.low ?? 0, expected.unit)} to ${signed(effect.high ?? 0, expected.unit)}) against what it would have been.`,
            ]),
        ...(effect.evidence ?? []),
      ]);
    }
    if (status === 'expired' || status === 'rolled_back') once('ended', () => [`It has ended: ${summary}.`]);
  }

  /** What was done to the fleet, and what became of it. */
  async summary({ startMs, slow, death }: DemoStory, sent: number): Promise<void> {
    const { alerts } = await this.#api.get<{ alerts: ToldAlert[] }>(`/v1/alerts?from=${startMs}`);
    const ledger = await this.#api.get<Ledger>(`/v1/ledger?from=${startMs}`);
    this.#say('');
    this.#say('What happened');
    const incidents = [
      { agent: slow.agent, atMs: slow.fromMs, what: `was made ${slow.factor} times slower` },
      { agent: death.agent, atMs: death.atMs, what: 'was killed' },
    ];
    for (const { agent, atMs, what } of incidents) {
      const alert = alerts.find(({ scope }) => scope.agent === agent);
      const found = alert
        ? `Fleetpulse told ${Math.round((Date.parse(alert.detectedAt) - atMs) / 1_000)} s later (${alert.severity}): "${alert.title}".`
        : 'Fleetpulse did not notice.';
      this.#say(`- At ${time(atMs)} agent ${agent} ${what}. ${found}`);
    }
    this.#say(`- At ${time(slow.untilMs)} agent ${slow.agent} was repaired.`);
    const others = alerts.filter(({ scope }) => !incidents.some(({ agent }) => agent === scope.agent));
    this.#say(`- Alerts about anything else: ${others.length}.`);
    for (const { title, detectedAt } of others) this.#say(`    ${time(Date.parse(detectedAt))} ${title}`);
    this.#say(
      `- ${sent} events were sent; the ledger has ${ledger.received} received, ${ledger.stored} stored, ${ledger.pending} waiting for their minute to end, ${ledger.difference} unaccounted for.`,
    );
  }

  #paragraph([first = '', ...lines]: string[]): void {
    this.#say('');
    this.#say(`  ${first}   (${(this.#elapsedMs() / 1_000).toFixed(0)} s after you started the demo)`);
    for (const line of lines) this.#say(`    ${line}`);
    this.#say('');
  }
}

function poolFigures({ pool, state, why, kpis }: ToldPool): string {
  const response = kpis['average_response_time'];
  const mean = response?.value === null || response === undefined ? '-' : seconds(response.value);
  const p95 = response?.p95 === undefined ? '-' : seconds(response.p95);
  const unwell = state === 'healthy' ? '' : ` (${state}: ${why})`;
  return `${pool} ${String(response?.n ?? 0).padStart(3)} tasks, mean ${mean}, p95 ${p95}${unwell}`;
}

function figureOf({ kpi, scope }: ToldDirective['expected']): string {
  return kpi === 'average_response_time' ? `Mean response of ${scope}` : `${kpi} of ${scope}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** Below ten milliseconds in microseconds: a fleet that trades has no others. */
function seconds(ms: number): string {
  return ms > 0 && ms < 10 ? `${(1_000 * ms).toFixed(0)} µs` : `${(ms / 1_000).toFixed(2)} s`;
}

function signed(change: number, unit: string): string {
  const size = Math.abs(change);
  return `${change < 0 ? '−' : '+'}${unit === 'ms' ? seconds(size) : `${Number(size.toPrecision(2))} ${unit}`}`;
}
