import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { ActuatorMemory } from '../../ports/actuator.ts';
import { ABSENT, type ItemTable, textOf, ttlSeconds } from './item-table.ts';

/** Longer than any directive is renewed without a person asking why. */
const KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;

/** What was there before directives were applied, in the State table. */
export function dynamoActuatorMemory(table: ItemTable): ActuatorMemory {
  return {
    async keep(id, found, nowMs) {
      await table.put({ pk: `FOUND#${id}`, sk: 'FOUND', found, ttl: ttlSeconds(nowMs + KEPT_MS) }, ABSENT);
    },
    async recall(id) {
      const item = await table.get(`FOUND#${id}`, 'FOUND');
      return item ? textOf(item, 'found') : null;
    },
  };
}
