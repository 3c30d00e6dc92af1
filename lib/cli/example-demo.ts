import type { LocalCloud } from '../local/local-cloud.ts';
import { driveFleet } from '../proving/drive-fleet.ts';
import { productOverHttp } from '../proving/product-over-http.ts';
import { powerOfTwo } from '../sim/policies/power-of-two.ts';
import { DemoApi } from './demo-api.ts';
import { DemoNarration } from './demo-narration.ts';
import type { Example } from './example.ts';
import { StageWatch, sightingOf, type Told } from './example-stages.ts';

const MINUTE_MS = 60_000;

interface Telling {
  key: string;
  say: (line: string) => void;
  /** Real time since the demo was started. */
  elapsedMs: () => number;
}

/** What is about to be shown, before anything runs. */
export function exampleIntroduction({ name, scenario, stages }: Example): string[] {
  const { why, pools, minutes, businessMetrics = [] } = scenario;
  const agents = pools.reduce((sum, pool) => sum + pool.agents, 0);
  return [
    `${name}: ${agents} agents in the pools ${pools.map(({ pool }) => pool).join(', ')}, for ${minutes} minutes of their time.`,
    why,
    ...(businessMetrics.length === 0 ? [] : [`Its own metrics: ${businessMetrics.map((it) => it.name).join(', ')}.`]),
    ...(stages.length === 0 ? [] : [`To be seen: ${stages.map(({ stage }) => stage).join(' -> ')}.`]),
  ];
}

/** Runs an example on a local cloud that stands at its start, and says what happens and which stages were seen. */
export async function runExampleDemo(example: Example, cloud: LocalCloud, telling: Telling): Promise<void> {
  const { scenario, seed, budgets, modes, stages } = example;
  const { key, say, elapsedMs } = telling;
  const api = new DemoApi(cloud.url, key);
  const product = productOverHttp(cloud.url, key);
  await api.put('/v1/policy', { modes });
  if (scenario.domain !== undefined) await api.put('/v1/benchmarks/settings', { domain: scenario.domain });
  for (const [name, settings] of Object.entries(budgets)) await product.setBudget(name, settings);
  const narration = new DemoNarration(api, elapsedMs, say);
  const watch = new StageWatch(stages);
  const onMinute = async (minute: number) => {
    const nowMs = scenario.startMs + (minute + 1) * MINUTE_MS;
    await narration.minute(nowMs, cloud.published('Alerts'), await businessFigures(api, example, nowMs));
    await watch.look(minute + 1, product);
  };
  await driveFleet({ scenario, seed, policy: powerOfTwo, onMinute }, product);
  for (const line of stageLines(example, await watch.told(product))) say(line);
}

/** Of the newest minute, of each metric that something was reported of in it. */
async function businessFigures(api: DemoApi, { scenario }: Example, nowMs: number): Promise<string[]> {
  if (!scenario.businessMetrics) return [];
  const { metrics } = await api.get<{ metrics: { name: string; unit: string | null; mean: number | null }[] }>(
    `/v1/metrics?window=1m&at=${nowMs}`,
  );
  return metrics.flatMap(({ name, unit, mean }) => {
    return mean === null ? [] : `${name} ${Number(mean.toPrecision(3))} ${unit === 'percent' ? '%' : (unit ?? '')}`;
  });
}

/** What was seen of each stage, when first, and where. */
function stageLines({ name, scenario, stages }: Example, told: Told): string[] {
  if (stages.length === 0) return summaryLines(told);
  const seen = stages.map((stage) => ({ ...stage, sighting: sightingOf(stage, told, scenario.startMs) }));
  const width = Math.max(...stages.map(({ stage }) => stage.length));
  const found = seen.filter(({ sighting }) => sighting !== null).length;
  return [
    '',
    `${found} of the ${stages.length} stages of ${name} were seen`,
    ...seen.flatMap(({ stage, shows, where, sighting }) => {
      const at = sighting ? new Date(sighting.atMs).toISOString().slice(11, 16) : '-    ';
      const indent = ' '.repeat(width + 11);
      return [
        `  ${stage.padEnd(width)}  ${at}  ${sighting?.words ?? 'was not seen'}`,
        `${indent}${shows}`,
        `${indent}${where}`,
      ];
    }),
  ];
}

/** What was told of it all, each title once with how often it came. */
function summaryLines({ alerts, directives, recommendations }: Told): string[] {
  const kinds = Object.entries({ Alerts: alerts, Directives: directives, Recommendations: recommendations });
  return kinds.flatMap(([kind, items]) => {
    const byTitle = Map.groupBy(items, ({ title, summary }) => String(title ?? summary));
    const titles = [...byTitle].map(([title, of]) => `  ${title}${of.length > 1 ? ` (${of.length} times)` : ''}`);
    return ['', `${kind}: ${items.length}`, ...titles];
  });
}
