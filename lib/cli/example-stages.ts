import { isDeepStrictEqual } from 'node:util';
import type { EpochMs } from '../core/model/time.ts';
import type { ProductUnderTest } from '../proving/product-under-test.ts';

/** One stage of what an example shows, and what of the product's answers is the evidence that it was reached. */
export type ExampleStage = {
  stage: string;
  /** What there is to be seen, in a few words. */
  shows: string;
  /** Where a person sees it: page, API call or command. */
  where: string;
} & (
  | {
      in: 'alerts' | 'directives' | 'recommendations';
      /** Fields that an item of the answer has, and values that they have; of objects within it likewise. */
      match: Readonly<Record<string, unknown>>;
    }
  | { in: 'agents'; pool: string; kpi: string; atMinute: number; windowMinutes: number; atLeast: number }
);

type Item = Readonly<Record<string, unknown>>;

/** What the product answered. */
export interface Told {
  alerts: readonly Item[];
  directives: readonly Item[];
  recommendations: readonly Item[];
  /** By stage, the agents in the minute that it is about. */
  agents: ReadonlyMap<string, readonly Item[]>;
}

export interface Sighting {
  atMs: EpochMs;
  /** What was said, as the product said it. */
  words: string;
  item: Item;
}

const momentOf = { alerts: 'detectedAt', directives: 'issuedAt', recommendations: 'firstProposedAt' } as const;

/** Where a stage was seen first; null where it was not. @param startMs of the scenario */
export function sightingOf(stage: ExampleStage, told: Told, startMs: EpochMs): Sighting | null {
  if (stage.in === 'agents') return figureOf(stage, told.agents.get(stage.stage) ?? [], startMs);
  const moment = momentOf[stage.in];
  const seen = told[stage.in]
    .filter((item) => hasFields(item, stage.match))
    .map((item) => ({ item, atMs: Date.parse(String(item[moment])) }))
    .sort((one, other) => one.atMs - other.atMs);
  const [first] = seen;
  return first ? { ...first, words: String(first.item['title'] ?? first.item['summary']) } : null;
}

/** Asks for what stages are about that is gone later: to be called after each minute. */
export class StageWatch {
  readonly #stages: readonly ExampleStage[];
  readonly #agents = new Map<string, readonly Item[]>();

  constructor(stages: readonly ExampleStage[]) {
    this.#stages = stages;
  }

  /** @param minute since the start, which has ended */
  async look(minute: number, product: ProductUnderTest): Promise<void> {
    for (const stage of this.#stages) {
      if (stage.in !== 'agents' || stage.atMinute !== minute) continue;
      this.#agents.set(stage.stage, await product.agents(stage.windowMinutes));
    }
  }

  async told(product: ProductUnderTest): Promise<Told> {
    const [alerts, directives] = [await product.alerts(), await product.allDirectives()];
    return { alerts, directives, recommendations: await product.recommendations(), agents: this.#agents };
  }
}

/** Of the agents of a pool the mean. */
function figureOf(
  { pool, kpi, atMinute, windowMinutes, atLeast }: Extract<ExampleStage, { in: 'agents' }>,
  agents: readonly Item[],
  startMs: EpochMs,
): Sighting | null {
  const values = agents.flatMap((agent) => {
    const { value } = (agent['kpis'] as Record<string, { value: number | null }>)[kpi] ?? { value: null };
    return agent['pool'] === pool && value !== null ? value : [];
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (!(mean >= atLeast)) return null;
  const words = `${kpi} of pool ${pool} is ${mean.toFixed(2)}: mean of ${values.length} agents over ${windowMinutes} min`;
  return { atMs: startMs + atMinute * 60_000, words, item: { pool, kpi, value: mean, n: values.length } };
}

function hasFields(item: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return isDeepStrictEqual(item, wanted);
  if (typeof item !== 'object' || item === null) return false;
  return Object.entries(wanted).every(([name, value]) => hasFields((item as Item)[name], value));
}
