import { fleetEndpoint } from '../../api/fleet-endpoint.ts';
import { listSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { Problem } from '../../api/problem.ts';
import { momentField } from '../../api/query-parameters.ts';
import { scopeField } from '../../api/scope-field.ts';
import { windowSchema } from '../answer-schemas.ts';
import { argument } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import type { AnsweredKpis } from '../kpi-words.ts';
import { type Ask, declareTool } from '../tool.ts';

interface Figures {
  window: { from: string; to: string };
  kpis: AnsweredKpis;
}

const scope = scopeField(['pool', 'agent'], 'fleet, pool:ID or agent:ID');
const { window, at } = fleetEndpoint.parameters;

export const compareWindows = declareTool({
  name: 'compare_windows',
  title: 'Compare two windows',
  about:
    'Every KPI of the fleet, a pool or an agent in a window beside an earlier window of the same length, with the change: before and after a deployment, this hour and the same hour yesterday.',
  asks: ['listPools'],
  mayAsk: ['readFleet', 'readAgent'],
  effect: 'reads',
  needs: {},
  takes: {
    scope: argument(scope, 'fleet (unless said), pool:ID or agent:ID'),
    window: argument(window, 'length of both windows; 1h unless said'),
    at: argument(at, 'end of the later window, ISO 8601 with zone; the newest complete minute unless said'),
    before: argument(at, 'end of the earlier window, ISO 8601 with zone; where the later one begins unless said'),
  },
  answer: objectSchema({
    ...{ scope: textSchema, earlier: windowSchema, later: windowSchema },
    kpis: listSchema(
      objectSchema({
        ...{ kpi: textSchema, unit: textSchema, earlier: nullable(numberSchema), later: nullable(numberSchema) },
        ...{ earlierN: numberSchema, laterN: numberSchema },
        change: { ...nullable(numberSchema), description: 'later ÷ earlier - 1; null where that cannot be told' },
      }),
    ),
  }),
  async run({ ask }, { scope = 'fleet', window = '1h', at, before }) {
    const later = await figuresOf(ask, scope, window, at);
    const earlierEnd = before ?? later.window.from;
    if ((momentField.read(earlierEnd, 'before') ?? 0) >= Date.parse(later.window.to)) {
      throw new Problem(
        400,
        `before must lie before ${later.window.to}, the end of the later window; got ${earlierEnd}`,
      );
    }
    const earlier = await figuresOf(ask, scope, window, earlierEnd);
    const kpis = Object.entries(later.kpis).map(([kpi, { unit, value, n }]) => {
      const was = earlier.kpis[kpi];
      return {
        ...{ kpi, unit, earlier: was?.value ?? null, later: value, earlierN: was?.n ?? 0, laterN: n },
        change: changeOf(was?.value ?? null, value),
      };
    });
    const known = kpis.filter((it) => it.earlier !== null || it.later !== null);
    return {
      facts: { scope, earlier: earlier.window, later: later.window, kpis },
      lines: [
        `${scope}: ${earlier.window.from} to ${earlier.window.to}, then ${later.window.from} to ${later.window.to}`,
        ...known.map((it) => {
          const change = it.change === null ? '' : ` (${it.change >= 0 ? '+' : ''}${inUnit(it.change, 'ratio')})`;
          return `${it.kpi}: ${inUnit(it.earlier, it.unit)} → ${inUnit(it.later, it.unit)}${change}, n ${it.earlierN} → ${it.laterN}`;
        }),
        ...(known.length === 0 ? ['nothing is known of either window'] : []),
      ],
    };
  },
});

async function figuresOf(ask: Ask, scope: string, window: string, at: string | undefined): Promise<Figures> {
  const parameters = { window, at };
  const [kind, id] = [scope.split(':', 1)[0], scope.slice(scope.indexOf(':') + 1)];
  if (kind === 'agent') return ask<Figures>('readAgent', { ids: { agent: id }, parameters });
  if (kind !== 'pool') return ask<Figures>('readFleet', { parameters });
  const { window: told, pools } = await ask<Pick<Figures, 'window'> & { pools: ({ pool: string } & Figures)[] }>(
    'listPools',
    { parameters: { ...parameters, limit: '1000' } },
  );
  const pool = pools.find((it) => it.pool === id);
  if (!pool) throw new Problem(404, `pool ${id} is not known in that window: list_agents names the pools`);
  return { window: told, kpis: pool.kpis };
}

function changeOf(earlier: number | null, later: number | null): number | null {
  return earlier === null || later === null || earlier === 0 ? null : later / earlier - 1;
}
