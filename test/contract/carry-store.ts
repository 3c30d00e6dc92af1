import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CarriedOver } from '../../lib/core/kpi/folded-input.ts';
import type { KnownPoint } from '../../lib/core/metric/point-index.ts';
import type { CarryStore } from '../../lib/ports/carry-store.ts';
import { spansOf, traceShape } from '../fixtures/arbitrary-trace.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

function carriedOver(traces: number): CarriedOver {
  const shapes = fc.sample(traceShape(5), { numRuns: traces, seed: 3 });
  const spans = shapes.flatMap((shape, trace) =>
    spansOf(shape, trace).map((span, i) => ({
      span,
      batchId: `batch-${(trace + i) % 7}`,
      ...(i % 3 === 2 ? { isContext: true as const } : {}),
    })),
  );
  const points = Array.from(
    { length: traces },
    (_, i): KnownPoint => ({
      point: {
        type: 'point',
        agent: 'svc',
        name: 'requests',
        series: `series-${i}`,
        temporality: 'cumulative',
        monotonic: true,
        startMs: NOW_MS - 60_000,
        atMs: NOW_MS + i,
        ...(i % 2 === 0 ? { value: i } : { distribution: { count: i, sum: i / 2 } }),
      },
      batchId: `batch-${i % 5}`,
      minute: 29_000_000 + (i % 3),
    }),
  );
  return { spans, points };
}

const inOrder = ({ spans, points }: CarriedOver) => ({
  spans: spans
    .map((it) => JSON.stringify(it, Object.keys(it.span).concat('span', 'batchId', 'isContext').sort()))
    .sort(),
  points: [...points].sort((a, b) => a.point.atMs - b.point.atMs),
});

export function carryStoreContract(fresh: FreshStore<CarryStore>): void {
  test('holds nothing at first', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.read('default')).toEqual({ spans: [], points: [] });
  });

  test('gives back what was saved last, also after it has grown over its items and shrunk again', async () => {
    const { store } = await fresh(NOW_MS);
    for (const traces of [3, 900, 10, 0]) {
      const carried = carriedOver(traces);
      expect(await store.save('default', carried, 1)).toBe(true);
      expect(inOrder(await store.read('default'))).toEqual(inOrder(carried));
    }
    expect(await store.read('other')).toEqual({ spans: [], points: [] });
  });

  test('holds a trace that is larger than an item', async () => {
    const { store } = await fresh(NOW_MS);
    const [one] = spansOf(fc.sample(traceShape(5, fc.constant(true)), { numRuns: 1, seed: 3 })[0]!, 0);
    const spans = Array.from({ length: 80_000 }, (_, i) => ({
      span: { ...one!, span: createHash('sha256').update(String(i)).digest('hex').slice(0, 16) },
      batchId: 'batch',
    }));
    expect(await store.save('default', { spans, points: [] }, 1)).toBe(true);
    const found = await store.read('default');
    expect(new Set(found.spans.map(({ span }) => span.span))).toEqual(new Set(spans.map(({ span }) => span.span)));
  });

  test('keeps what a later lease holder wrote', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', carriedOver(2), 4);
    expect(await store.save('default', carriedOver(0), 3)).toBe(false);
    expect(inOrder(await store.read('default'))).toEqual(inOrder(carriedOver(2)));
  });
}
