import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { ActuatorMemory, Level } from '../../ports/actuator.ts';
import { ABSENT, type ItemTable, textOf, ttlSeconds } from './item-table.ts';

/** Longer than any directive is renewed without a person asking why. */
const KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;

const NONE = 'unreserved';

/** The levels that directives found and set, in the State table. */
export function dynamoActuatorMemory(table: ItemTable): ActuatorMemory {
  return {
    async keepFound(id, found, nowMs) {
      await table.put({ ...keyOf(id), found: written(found), ttl: ttlSeconds(nowMs + KEPT_MS) }, ABSENT);
    },
    async keepSet(id, level) {
      const { pk, sk } = keyOf(id);
      await table.set(pk, sk, { set: written(level) });
    },
    async recall(id) {
      const { pk, sk } = keyOf(id);
      const item = await table.get(pk, sk);
      if (!item) return null;
      const found = levelIn(textOf(item, 'found'));
      return item['set'] === undefined ? { found } : { found, set: levelIn(textOf(item, 'set')) };
    },
  };
}

function keyOf(id: string): { pk: string; sk: string } {
  return { pk: `FOUND#${id}`, sk: 'FOUND' };
}

function written(level: Level): string {
  return level === null ? NONE : String(level);
}

function levelIn(text: string): Level {
  return text === NONE ? null : Number(text);
}
