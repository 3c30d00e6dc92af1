import { latestFullAtUs, type RateLimit, refillUs, waitUs } from '../../core/model/rate-limit.ts';
import type { TokenBuckets } from '../../ports/token-buckets.ts';
import { type Condition, type ItemTable, numberOf } from './item-table.ts';

/** Shared token buckets in the State table: one number each, moved by conditional writes and read only when refused. */
export function dynamoTokenBuckets(table: ItemTable): TokenBuckets {
  const names = { '#fullAt': 'fullAt' };

  /** A full bucket starts from now; one that is not, from where it stands. */
  async function move(
    bucket: string,
    tokens: number,
    limit: RateLimit,
    nowUs: number,
    whenNotFull: Condition,
  ): Promise<boolean> {
    const pk = `BUCKET#${bucket}`;
    const cost = refillUs(limit, tokens);
    const fresh = await table.update(pk, 'BUCKET', {
      set: { fullAt: nowUs + cost },
      condition: { expression: 'attribute_not_exists(pk) OR #fullAt < :now', names, values: { ':now': nowUs } },
    });
    if (fresh) return true;
    return (await table.update(pk, 'BUCKET', { add: { fullAt: cost }, condition: whenNotFull })) !== null;
  }

  return {
    async take(bucket, tokens, limit, nowUs) {
      const latest = latestFullAtUs(limit, nowUs);
      const hasToken = { expression: '#fullAt <= :latest', names, values: { ':latest': latest } };
      if (await move(bucket, tokens, limit, nowUs, hasToken)) return 0;
      const item = await table.get(`BUCKET#${bucket}`, 'BUCKET');
      // Others may have made room since: a microsecond says "at once".
      return Math.max(1, item ? waitUs(numberOf(item, 'fullAt'), nowUs, limit) : 0);
    },

    async charge(bucket, tokens, limit, nowUs) {
      await move(bucket, tokens, limit, nowUs, { expression: 'attribute_exists(pk)' });
    },
  };
}
