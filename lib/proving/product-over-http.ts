import { MINUTE_MS } from '../core/model/time.ts';
import { batchBody } from './batch-body.ts';
import type { ActiveDirective, ProductUnderTest, Told } from './product-under-test.ts';

const MOST_REPEATS = 20;
const PAGE = 1_000;

/**
 * A local cloud with a manual clock, through its HTTP API alone.
 * @param key with scopes ingest, read and control
 */
export function productOverHttp(url: string, key: string): ProductUnderTest {
  /** Comes again when it is told to. */
  async function ask(method: string, path: string, body?: string): Promise<Record<string, unknown>> {
    for (let times = 0; ; times++) {
      const answer = await fetch(`${url}${path}`, {
        ...{ method, headers: { 'x-api-key': key, 'content-type': 'application/json' } },
        ...(body !== undefined && { body }),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text) as Record<string, unknown>;
      if ((answer.status !== 429 && answer.status !== 503) || times === MOST_REPEATS) {
        throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(answer.headers.get('retry-after') ?? 1)));
    }
  }

  async function pages(path: string, of: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for (let cursor: unknown = null; ; ) {
      const page = await ask('GET', `${path}${cursor === null ? '' : `&cursor=${encodeURIComponent(String(cursor))}`}`);
      items.push(...(page[of] as Record<string, unknown>[]));
      cursor = page['next'] ?? null;
      if (cursor === null) return items;
    }
  }

  return {
    async send({ batchId, events }) {
      const answer = await ask('POST', '/v1/events', batchBody(batchId, events));
      const rejected = answer['rejected'] as { message: string }[];
      if (rejected.length > 0) throw new Error(`${rejected.length} events were refused: ${rejected[0]?.message}`);
    },
    async advanceTo(ms) {
      await ask('POST', '/_local/clock', JSON.stringify({ to: new Date(ms).toISOString() }));
    },
    async directives() {
      return (await pages(`/v1/directives?status=active&limit=${PAGE}`, 'directives')) as unknown as ActiveDirective[];
    },
    async acknowledge(id, applied, note) {
      await ask('POST', `/v1/directives/${id}/ack`, JSON.stringify({ applied, ...(note !== null && { note }) }));
    },
    async setPool(pool, settings) {
      await ask('PUT', `/v1/pools/${encodeURIComponent(pool)}`, JSON.stringify(settings));
    },
    async setBudget(name, settings) {
      await ask('PUT', `/v1/budgets/${name}`, JSON.stringify(settings));
    },
    agents: (windowMinutes) =>
      pages(`/v1/agents?window=${(windowMinutes * MINUTE_MS) / 60_000}m&limit=${PAGE}`, 'agents'),
    alerts: () => pages(`/v1/alerts?limit=${PAGE}`, 'alerts'),
    async notifications() {
      const { messages } = (await ask('GET', '/_local/sns')) as { messages: unknown };
      const published = messages as {
        topic: string;
        subject: string;
        attributes: Told['attributes'];
        bodies: { default: string };
      }[];
      const forPeople = published.filter(({ topic }) => topic === 'Alerts');
      return forPeople.map(({ subject, attributes, bodies }) => ({ subject, attributes, json: bodies.default }));
    },
    allDirectives: () => pages(`/v1/directives?limit=${PAGE}`, 'directives'),
    async recommendations() {
      return (await ask('GET', '/v1/recommendations'))['recommendations'] as Record<string, unknown>[];
    },
  };
}
