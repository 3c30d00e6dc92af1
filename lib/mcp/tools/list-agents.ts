import { agentsEndpoint } from '../../api/agents-endpoint.ts';
import { momentSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { kpisByIdSchema, linkSchema, rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments, pageOfRows } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { type AnsweredKpis, shortKpis } from '../kpi-words.ts';
import { declareTool } from '../tool.ts';

/** The figures that tell most agents apart. */
const SHOWN = ['overall_throughput', 'error_ratio', 'average_response_time', 'resource_utilization'];

interface AgentsAnswer {
  agents: { agent: string; pool: string; state: string; since: string; why: string; kpis: AnsweredKpis }[];
  next: string | null;
}

const { pool, state, window, at } = agentsEndpoint.parameters;

export const listAgents = declareTool({
  name: 'list_agents',
  title: 'Agents',
  about:
    'The agents in order of their ids, each with state, since when, why, and its main figures. Filter by pool or state, for example state dead or degraded.',
  asks: ['listAgents'],
  effect: 'reads',
  needs: {},
  takes: {
    pool: argument(pool, 'only agents of this pool'),
    state: argument(state, 'only agents in this state'),
    window: argument(window, 'what the figures are of; 15m unless said'),
    at: argument(at, 'end of the window, ISO 8601 with zone'),
    ...pageArguments,
  },
  answer: rowsSchema(
    'agents',
    objectSchema(
      {
        ...{ agent: textSchema, pool: textSchema, state: textSchema },
        ...{ since: momentSchema, why: textSchema, kpis: kpisByIdSchema },
      },
      linkSchema,
    ),
  ),
  async run({ ask, links }, { pool, state, window, at, ...page }) {
    const { agents, next } = await ask<AgentsAnswer>('listAgents', {
      parameters: { pool, state, window, at, kpis: SHOWN.join(','), ...pageOfRows(page) },
    });
    const rows = agents.map(({ agent, pool, state, since, why, kpis }) => ({
      ...{ agent, pool, state, since, why, kpis: shortKpis(kpis), link: links({ agent }) },
    }));
    const of = (kpis: AnsweredKpis, id: string) => inUnit(kpis[id]?.value, kpis[id]?.unit ?? '');
    return {
      facts: { agents: rows, next },
      lines:
        rows.length === 0
          ? ['no agent fits']
          : rows.map(
              ({ agent, pool, state, since, why, kpis }) =>
                `${agent} (pool ${pool}) is ${state} since ${since}: ${why}; ${of(kpis, 'overall_throughput')}, errors ${of(kpis, 'error_ratio')}, takes ${of(kpis, 'average_response_time')}, busy ${of(kpis, 'resource_utilization')}`,
            ),
    };
  },
});
