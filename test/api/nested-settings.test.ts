import { expect, test } from 'vitest';
import { readJsonBody } from '../../lib/api/json-body.ts';
import { createKeyEndpoint } from '../../lib/api/keys-endpoint.ts';
import { planWhatIfEndpoint } from '../../lib/api/plan-endpoint.ts';
import { changePolicyEndpoint } from '../../lib/api/policy-endpoint.ts';
import { changePoolEndpoint } from '../../lib/api/pools-endpoint.ts';
import { Problem } from '../../lib/api/problem.ts';

const bodies = {
  policy: changePolicyEndpoint.body,
  pool: changePoolEndpoint.body,
  key: createKeyEndpoint.body,
  plan: planWhatIfEndpoint.body,
};

test.each<{ of: keyof typeof bodies; sent: object; path: string; says: RegExp }>([
  {
    of: 'policy',
    sent: { maintenance: [{ from: 0, to: 60_000, pools: ['writers'] }] },
    path: 'maintenance[0].pools',
    says: /maintenance\[0\]\.pools is not known here: use from, to, pool/,
  },
  {
    of: 'pool',
    sent: { tunable: { model: { choices: ['a'], least: 1 } } },
    path: 'tunable.model.least',
    says: /use choices/,
  },
  {
    of: 'pool',
    sent: { ladder: [{ step: 'short', serviceFactor: 0.5, qualityLoss: 0.1, quality: 0.9 }] },
    path: 'ladder[0].quality',
    says: /use step, serviceFactor, qualityLoss/,
  },
  {
    of: 'key',
    sent: { name: 'x', scopes: ['read'], limit: { perMinute: 1 } },
    path: 'limit.perMinute',
    says: /is not known here/,
  },
  { of: 'plan', sent: { pooling: { allow: false } }, path: 'pooling.allow', says: /use allowed, maxLentShare/ },
])('a misspelt name within a setting of a $of is refused: $path', ({ of, sent, path, says }) => {
  const raw = {
    ...{ body: JSON.stringify(sent), isBase64Encoded: false },
    ...{ contentType: 'application/json', contentEncoding: undefined },
  };
  const read = () => readJsonBody(raw, bodies[of]);
  expect(read).toThrow(says);
  expect(problemsOf(read)).toMatchObject([{ path, code: 'unknown_field' }]);
});

function problemsOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return error.errors;
    throw error;
  }
}
