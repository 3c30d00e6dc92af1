import { fleetEndpoint } from '../../api/fleet-endpoint.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { kpisByIdSchema, linkSchema, windowSchema } from '../answer-schemas.ts';
import { argument } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { type AnsweredKpis, kpiLines, shortKpis } from '../kpi-words.ts';
import { declareTool } from '../tool.ts';

interface FleetAnswer {
  window: { from: string; to: string };
  dataAgeMs: number | null;
  verdict: string;
  kpis: AnsweredKpis;
  attention: { agent?: string; pool?: string; severity: string; why: string; since: string; alert: string }[];
}

export const fleetHealth = declareTool({
  name: 'get_fleet_health',
  title: 'Fleet health',
  about:
    'How the fleet of agents is now: a verdict, how old the data is, every KPI over a window, and what needs attention, worst first. Start here.',
  asks: ['readFleet'],
  effect: 'reads',
  needs: {},
  takes: {
    window: argument(fleetEndpoint.parameters.window, 'what the KPIs are of, such as 15m, 6h or 1d; 15m unless said'),
    at: argument(
      fleetEndpoint.parameters.at,
      'end of the window, ISO 8601 with zone; the newest complete minute unless said',
    ),
  },
  answer: objectSchema(
    {
      window: windowSchema,
      dataAgeMs: nullable(numberSchema),
      verdict: textSchema,
      kpis: kpisByIdSchema,
      attention: listSchema(
        objectSchema(
          { severity: textSchema, why: textSchema, since: momentSchema, alert: textSchema },
          { agent: textSchema, pool: textSchema, ...linkSchema },
        ),
      ),
    },
    linkSchema,
  ),
  async run({ ask, links }, { window, at }) {
    const fleet = await ask<FleetAnswer>('readFleet', { parameters: { window, at } });
    const attention = fleet.attention.map((it) => ({ ...it, link: links({ alert: it.alert }) }));
    const age =
      fleet.dataAgeMs === null ? 'there is no data yet' : `data is ${inUnit(fleet.dataAgeMs / 1_000, 's')} old`;
    return {
      facts: { ...fleet, kpis: shortKpis(fleet.kpis), attention, link: links({}) },
      lines: [
        fleet.verdict,
        `${fleet.window.from} to ${fleet.window.to}; ${age}`,
        ...attention.map(
          ({ severity, agent, pool, why, since, alert }) =>
            `[${severity}] ${agent ?? pool ?? 'fleet'}: ${why}, since ${since} (alert ${alert})`,
        ),
        ...kpiLines(fleet.kpis),
      ],
    };
  },
});
