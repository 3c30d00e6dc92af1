import { oneOf } from '../../api/field.ts';
import { fleetEndpoint } from '../../api/fleet-endpoint.ts';
import { listSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { nextSchema } from '../../api/page.ts';
import { MOST_ROWS, windowSchema } from '../answer-schemas.ts';
import { argument, pageArguments, pageOfRows } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import type { AnsweredKpi } from '../kpi-words.ts';
import { declareTool } from '../tool.ts';

interface CostKpi extends AnsweredKpi {
  parts?: { taskUsd: number | null; agentUsd: number | null };
}

interface Costing {
  agent?: string;
  pool?: string;
  kpis: { cost_per_task?: CostKpi };
}

interface CostPage {
  window: { from: string; to: string };
  agents?: Costing[];
  pools?: Costing[];
  next: string | null;
}

const { window, at } = fleetEndpoint.parameters;
const costSchema = {
  taskUsd: { ...nullable(numberSchema), description: 'cost of tasks' },
  agentUsd: { ...nullable(numberSchema), description: 'hours that agents were there × their cost per hour' },
  usdPerTask: nullable(numberSchema),
  tasks: { ...numberSchema, description: 'that were completed' },
};

export const getCost = declareTool({
  name: 'get_cost',
  title: 'Cost',
  about:
    'What the pools or the agents cost in a window in USD: their tasks, the hours that agents were there, and both for a completed task.',
  asks: ['listPools', 'listAgents'],
  effect: 'reads',
  needs: {},
  takes: {
    by: argument(oneOf(['pool', 'agent']), 'what the rows are of; pools unless said'),
    window: argument(window, 'such as 1h, 1d or 30d; 1d unless said'),
    at: argument(at, 'end of the window, ISO 8601 with zone; the newest complete minute unless said'),
    ...pageArguments,
  },
  answer: objectSchema({
    window: windowSchema,
    costs: listSchema(objectSchema({ of: textSchema, ...costSchema }, { reason: textSchema }), { maxItems: MOST_ROWS }),
    next: nextSchema,
  }),
  async run({ ask }, { by = 'pool', window = '1d', at, ...page }) {
    const isOfAgents = by === 'agent';
    const answered = await ask<CostPage>(isOfAgents ? 'listAgents' : 'listPools', {
      parameters: { window, at, ...pageOfRows(page), kpis: isOfAgents ? 'cost_per_task' : undefined },
    });
    const costs = (answered.agents ?? answered.pools ?? []).map(({ agent, pool, kpis: { cost_per_task: cost } }) => ({
      of: agent ?? pool ?? '',
      ...{ taskUsd: cost?.parts?.taskUsd ?? null, agentUsd: cost?.parts?.agentUsd ?? null },
      ...{ usdPerTask: cost?.value ?? null, tasks: cost?.n ?? 0, reason: cost?.reason },
    }));
    return {
      facts: { window: answered.window, costs, next: answered.next },
      lines: [
        `${answered.window.from} to ${answered.window.to}`,
        ...costs.map(({ of, taskUsd, agentUsd, usdPerTask, tasks, reason }) => {
          const known = `tasks ${inUnit(taskUsd, 'usd')}, agents ${inUnit(agentUsd, 'usd')}`;
          const each = usdPerTask === null ? (reason ?? 'unknown') : `${inUnit(usdPerTask, 'usd')} a task`;
          return `${by} ${of}: ${known}; ${each} (n ${tasks})`;
        }),
      ],
    };
  },
});
