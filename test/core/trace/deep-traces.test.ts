import { expect, test } from 'vitest';
import type { SpanEvent } from '../../../lib/core/model/event.ts';
import { assembleRuns } from '../../../lib/core/trace/assemble-runs.ts';
import { type KnownSpan, SpanIndex } from '../../../lib/core/trace/span-index.ts';

/** Counts how often anybody asks for the span above another. */
class CountedIndex extends SpanIndex {
  steps = 0;

  override parentOf(span: SpanEvent): KnownSpan | undefined {
    this.steps += 1;
    return super.parentOf(span);
  }
}

function idOf(place: number): string {
  return (place + 1).toString(16).padStart(16, '0');
}

/** Spans of one trace; the parent of each by its place among them, -1 for none that is known. */
function indexOf(spans: readonly { role: SpanEvent['role']; parent: number }[]): CountedIndex {
  const kept = spans.map(({ role, parent }, place): KnownSpan => {
    const span: SpanEvent = {
      ...{ type: 'span', role, agent: `svc/${place}`, trace: '1'.repeat(32), span: idOf(place), name: `n${place}` },
      ...(parent === place ? {} : { parentSpan: idOf(parent === -1 ? spans.length : parent) }),
      ...{ startedAtMs: 0, endedAtMs: 1_000, durationUs: 1e6, status: 'completed' },
      tokens: { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 },
    };
    return { span, batchId: `batch-${place % 7}` };
  });
  return new CountedIndex(kept, []);
}

function stepsASpan(spans: readonly { role: SpanEvent['role']; parent: number }[]): number {
  const index = indexOf(spans);
  assembleRuns(index);
  return index.steps / spans.length;
}

const chained = (length: number, roleAt: (place: number) => SpanEvent['role']) =>
  Array.from({ length }, (_, place) => ({ role: roleAt(place), parent: Math.max(0, place - 1) }));

test('thousands of runs below a long chain of runs take as many steps each as the way to the nearest one', () => {
  const chain = chained(1_000, (place) => (place % 4 === 0 ? 'agent' : 'other'));
  const leaves = Array.from({ length: 4_000 }, () => ({ role: 'agent' as const, parent: chain.length - 1 }));
  // Up to four spans to the next run, asked for by what looks for the same run told twice and for the cause.
  expect(stepsASpan([...chain, ...leaves])).toBeLessThan(12);
});

test('a chain of runs twice as long takes twice the steps', () => {
  const [short, long] = [4_000, 8_000].map((length) => stepsASpan(chained(length, () => 'agent')));
  expect(long! / short!).toBeLessThan(1.1);
});

test.each([
  { name: 'a circle', parentOf: (place: number) => (place + 1) % 3_000 },
  { name: 'a circle with calls below it', parentOf: (place: number) => (place < 10 ? (place + 1) % 10 : place % 10) },
  { name: 'a chain', parentOf: (place: number) => Math.max(0, place - 1) },
])('$name of thousands of spans takes a bounded number of steps each', ({ parentOf }) => {
  for (const role of ['agent', 'tool', 'model', 'other'] as const) {
    const spans = Array.from({ length: 3_000 }, (_, place) => ({ role, parent: parentOf(place) }));
    expect(stepsASpan(spans)).toBeLessThan(5 * 256);
  }
});

test('two hundred thousand calls whose run never came are one run that was not reported', () => {
  const index = indexOf(Array.from({ length: 200_000 }, () => ({ role: 'tool' as const, parent: -1 })));
  const { runs } = assembleRuns(index);
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ isGivenUp: true, task: { error: { type: 'run_not_reported' } } });
  expect(runs[0]?.task.parts).toHaveLength(1_000);
});
