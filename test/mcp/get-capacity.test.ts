import { expect, test } from 'vitest';
import { capacityAnswer } from '../../lib/api/capacity-endpoint.ts';
import type { Acceptance } from '../../lib/core/remediate/acceptance.ts';
import { pageLinks } from '../../lib/mcp/page-links.ts';
import { getCapacity } from '../../lib/mcp/tools/get-capacity.ts';

async function told(...pools: Acceptance[]) {
  const ask = () => Promise.resolve(JSON.parse(JSON.stringify(capacityAnswer(pools))));
  return await getCapacity.run({ ask, nowMs: 0, links: pageLinks(null) } as never, {} as never);
}

const code: Acceptance = { pool: 'code', level: 'accept', queueDepth: 3, drainMs: 12_000, why: [] };

test('a pool that accepts all says what waits in it', async () => {
  expect((await told(code)).lines).toEqual(['pool code: accept, 3 tasks wait, begun in 12 s']);
});

test('who hands out work is told how much of it a pool takes, and below which priority none', async () => {
  const { facts, lines } = await told({
    ...{ ...code, level: 'shed', why: ['degrade directive d1'] },
    ...{ shedBelow: 'normal', admitFraction: 0.45, retryAfterMs: 30_000 },
  });
  expect(lines).toEqual([
    'pool code: shed, nothing below priority normal, 45 % of new tasks at most, 3 tasks wait, begun in 12 s: degrade directive d1',
  ]);
  expect(facts).toMatchObject({ pools: [{ shedBelow: 'normal', admitFraction: 0.45, retryAfterMs: 30_000 }] });
});
