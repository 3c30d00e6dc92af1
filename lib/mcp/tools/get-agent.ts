import { agentEndpoint } from '../../api/agents-endpoint.ts';
import { idField } from '../../api/field.ts';
import { momentSchema, nullable, objectSchema, textSchema } from '../../api/json-schema.ts';
import { kpisByIdSchema, linkSchema, windowSchema } from '../answer-schemas.ts';
import { argument } from '../common-arguments.ts';
import { type AnsweredKpis, kpiLines, shortKpis } from '../kpi-words.ts';
import { declareTool } from '../tool.ts';

export interface AnsweredAgent {
  window: { from: string; to: string };
  agent: string;
  pool: string;
  team: string | null;
  version: string | null;
  state: string;
  since: string;
  why: string;
  kpis: AnsweredKpis;
}

const { window, at } = agentEndpoint.parameters;

export const getAgent = declareTool({
  name: 'get_agent',
  title: 'Agent',
  about: 'One agent: its state, since when, why, pool, team and version, and every KPI over a window.',
  asks: ['readAgent'],
  effect: 'reads',
  needs: { agent: argument(idField, 'id of the agent, as list_agents has it') },
  takes: {
    window: argument(window, 'what the KPIs are of; 15m unless said'),
    at: argument(at, 'end of the window, ISO 8601 with zone'),
  },
  answer: objectSchema(
    {
      ...{ window: windowSchema, agent: textSchema, pool: textSchema, team: nullable(textSchema) },
      ...{ version: nullable(textSchema), state: textSchema, since: momentSchema, why: textSchema },
      kpis: kpisByIdSchema,
    },
    linkSchema,
  ),
  async run({ ask, links }, { agent: id, window, at }) {
    const answered = await ask<AnsweredAgent>('readAgent', { ids: { agent: id }, parameters: { window, at } });
    const { agent, pool, team, version, state, since, why, kpis } = answered;
    const shown = { window: answered.window, agent, pool, team, version, state, since, why };
    const of = [`pool ${pool}`, team && `team ${team}`, version && `version ${version}`].filter(Boolean).join(', ');
    return {
      facts: { ...shown, kpis: shortKpis(kpis), link: links({ agent }) },
      lines: [`${agent} (${of}) is ${state} since ${since}: ${why}`, ...kpiLines(kpis)],
    };
  },
});
