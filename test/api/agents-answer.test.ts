import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agentsEndpoint } from '../../lib/api/agents-endpoint.ts';
import { kpiIdsFor } from '../../lib/core/kpi/registry.ts';

const { kpis } = agentsEndpoint.parameters;
const known = kpiIdsFor('agent');

test('any KPIs of agents can be asked for, in any order, once each', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...known), { minLength: 1 }), (ids) => {
      const read = kpis.read(ids.join(','), 'kpis');
      expect(new Set(read)).toEqual(new Set(ids));
      expect(read).toHaveLength(new Set(ids).size);
      expect(ids.join(',')).toMatch(new RegExp(kpis.schema['pattern'] as string));
    }),
  );
});

test.each(['', 'error_ratio,', 'errors', 'scalability_index', 'error_ratio, queue_depth', ' '])(
  'what agents do not have is refused: "%s"',
  (text) => {
    expect(kpis.read(text, 'kpis')).toBeUndefined();
    expect(text).not.toMatch(new RegExp(kpis.schema['pattern'] as string));
    expect(kpis.expects).toContain('error_ratio');
  },
);
