import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromColumns, toColumns } from '../../lib/aws/dynamodb/event-columns.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { arbitraryBatches } from '../fixtures/arbitrary-batch.ts';
import { spansOf, traceShape } from '../fixtures/arbitrary-trace.ts';

const again = (events: readonly FleetEvent[]) => fromColumns(JSON.parse(JSON.stringify(toColumns(events))));
const byType = (events: readonly FleetEvent[]) => [...Map.groupBy(events, ({ type }) => type).values()].flat();

test('columns give back every event as it was, grouped by type', () => {
  fc.assert(
    fc.property(arbitraryBatches(20), fc.array(traceShape(20), { maxLength: 4 }), (batches, shapes) => {
      const events = [...batches.flatMap((batch) => batch.events), ...shapes.flatMap((shape, i) => spansOf(shape, i))];
      expect(again(events)).toEqual(byType(events));
    }),
  );
});

test('moments come back to the last digit, finer than microseconds or not, a day apart or not at all', () => {
  const base = 1_790_000_000_000;
  const moment = fc.oneof(
    fc.integer({ min: 0, max: 200_000_000_000 }).map((us) => (base * 1_000 + us) / 1_000),
    fc.double({ min: base, max: base + 1e8, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(fc.option(moment, { nil: undefined }), { minLength: 1, maxLength: 20 }), (moments) => {
      const events = moments.map(
        (atMs): FleetEvent => ({
          ...{ type: 'agent', agent: 'a', pool: 'p' },
          ...(atMs === undefined ? {} : { atMs }),
        }),
      );
      expect(again(events)).toEqual(events);
    }),
  );
});
