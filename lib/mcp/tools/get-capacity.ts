import { capacityEndpoint } from '../../api/capacity-endpoint.ts';
import { listSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { placeKey, rowsOfAll } from '../rows-of-all.ts';
import { declareTool } from '../tool.ts';

interface CapacityAnswer {
  pools: {
    pool: string;
    level: string;
    queueDepth: number | null;
    drainMs: number | null;
    shedBelow?: string;
    admitFraction?: number;
    retryAfterMs?: number;
    why: string[];
  }[];
}

export const getCapacity = declareTool({
  name: 'get_capacity',
  title: 'Capacity now',
  about:
    'Whether each pool is to be given more work now: accept, defer or shed, what waits there and how long that takes. To be asked before work is handed out.',
  asks: ['readCapacity'],
  effect: 'reads',
  needs: {},
  takes: { pool: argument(capacityEndpoint.parameters.pool, 'only this pool'), ...pageArguments },
  answer: rowsSchema(
    'pools',
    objectSchema(
      {
        ...{ pool: textSchema, level: textSchema, queueDepth: nullable(numberSchema), drainMs: nullable(numberSchema) },
        why: listSchema(textSchema),
      },
      { shedBelow: textSchema, admitFraction: numberSchema, retryAfterMs: numberSchema },
    ),
  ),
  async run({ ask }, { pool, ...page }) {
    const { pools } = await ask<CapacityAnswer>('readCapacity', { parameters: { pool } });
    const { items, next } = rowsOfAll(pools, (_, place) => placeKey(place), page);
    const rows = items.map(({ pool, level, queueDepth, drainMs, why, shedBelow, admitFraction, retryAfterMs }) => ({
      ...{ pool, level, queueDepth, drainMs, why, shedBelow, admitFraction, retryAfterMs },
    }));
    return {
      facts: { pools: rows, next },
      lines:
        rows.length === 0
          ? ['no pool is known yet']
          : rows.map(({ pool, level, queueDepth, drainMs, why, shedBelow, admitFraction }) => {
              const waits = queueDepth === null ? '' : `, ${inUnit(queueDepth, 'tasks')} wait`;
              const drains = drainMs === null ? '' : `, begun in ${inUnit(drainMs / 1_000, 's')}`;
              const below = shedBelow === undefined ? '' : `, nothing below priority ${shedBelow}`;
              const most =
                admitFraction === undefined ? '' : `, ${inUnit(admitFraction, 'ratio')} of new tasks at most`;
              const because = why.length > 0 ? `: ${why.join('; ')}` : '';
              return `pool ${pool}: ${level}${below}${most}${waits}${drains}${because}`;
            }),
    };
  },
});
