import type { PollSlots } from '../../ports/poll-slots.ts';
import type { ItemTable } from './item-table.ts';

const PARTITION = 'POLLSLOTS';

/** Waiting places in the State table, an item each. */
export function dynamoPollSlots(table: ItemTable, slots: number): PollSlots {
  return {
    async take(owner, nowMs, untilMs) {
      const taken = new Set(
        (await table.query(PARTITION)).filter((item) => Number(item['until']) > nowMs).map(({ sk }) => Number(sk)),
      );
      for (let slot = 0; slot < slots; slot++) {
        if (taken.has(slot)) continue;
        const isMine = await table.put(
          { pk: PARTITION, sk: String(slot), owner, until: untilMs },
          {
            expression: 'attribute_not_exists(pk) OR #until <= :now',
            names: { '#until': 'until' },
            values: { ':now': nowMs },
          },
        );
        if (isMine) return { slot };
      }
      return null;
    },

    async release(owner, { slot }) {
      await table.put(
        { pk: PARTITION, sk: String(slot), owner, until: 0 },
        { expression: '#owner = :me', names: { '#owner': 'owner' }, values: { ':me': owner } },
      );
    },
  };
}
