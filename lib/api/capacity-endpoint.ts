import { priorities } from '../core/model/event.ts';
import { type Acceptance, acceptanceLevels } from '../core/remediate/acceptance.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';

export const capacityEndpoint = {
  method: 'GET',
  path: '/v1/capacity',
  scope: 'read',
  ofPools: true,
  summary:
    'Whether each pool is to be given more work now, to be asked before the next call: by budgets of money, directives that shed, and what waits',
  parameters: { pool: idField },
  answer: objectSchema({
    pools: listSchema(
      objectSchema(
        {
          pool: idField.schema,
          level: {
            ...oneOf(acceptanceLevels).schema,
            description: 'defer: what can wait is better sent later; shed: not to be sent, or of some priorities only',
          },
          queueDepth: { ...nullable(numberSchema), description: 'tasks that wait' },
          drainMs: { ...nullable(countSchema), description: 'until they are begun at the pace of the last minutes' },
          why: listSchema(textSchema),
        },
        {
          shedBelow: {
            ...oneOf(priorities).schema,
            description: 'with shed: only tasks of lower priority are not to be sent',
          },
          admitFraction: {
            ...shareSchema,
            description: 'share of new tasks that are to be sent at most, the rest after retryAfterMs',
          },
          retryAfterMs: countSchema,
        },
      ),
    ),
  }),
} as const satisfies Endpoint;

export function capacityAnswer(admissions: readonly Acceptance[]): Record<string, unknown> {
  return {
    pools: admissions.map((it) => ({ ...it, queueDepth: it.queueDepth && Math.round(10 * it.queueDepth) / 10 })),
  };
}
