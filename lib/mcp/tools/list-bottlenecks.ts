import { bottlenecksEndpoint } from '../../api/bottlenecks-endpoint.ts';
import { listSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { placeKey, rowsOfAll } from '../rows-of-all.ts';
import { declareTool } from '../tool.ts';

interface BottlenecksAnswer {
  bottlenecks: {
    rank: number;
    kind: string;
    id: string;
    utilization: number;
    confidence: number | null;
    evidence: string[];
  }[];
}

const { window, at } = bottlenecksEndpoint.parameters;

export const listBottlenecks = declareTool({
  name: 'list_bottlenecks',
  title: 'Bottlenecks',
  about: 'What limits the throughput of the fleet: pools, agents, tools and resources, ranked, with evidence.',
  asks: ['listBottlenecks'],
  effect: 'reads',
  needs: {},
  takes: {
    window: argument(window, 'what it is found from, up to 60m; 15m unless said'),
    at: argument(at, 'end of the window, ISO 8601 with zone'),
    ...pageArguments,
  },
  answer: rowsSchema(
    'bottlenecks',
    objectSchema({
      ...{ rank: numberSchema, kind: textSchema, id: textSchema, utilization: numberSchema },
      ...{ confidence: nullable(numberSchema), evidence: listSchema(textSchema) },
    }),
  ),
  async run({ ask }, { window, at, ...page }) {
    const { bottlenecks } = await ask<BottlenecksAnswer>('listBottlenecks', { parameters: { window, at } });
    const { items, next } = rowsOfAll(bottlenecks, (_, place) => placeKey(place), page);
    const rows = items.map(({ rank, kind, id, utilization, confidence, evidence }) => ({
      ...{ rank, kind, id, utilization, confidence, evidence },
    }));
    return {
      facts: { bottlenecks: rows, next },
      lines:
        rows.length === 0
          ? ['nothing limits the throughput that is known of']
          : rows.map(
              ({ rank, kind, id, utilization, evidence }) =>
                `${rank}. ${kind} ${id}, ${inUnit(utilization, 'ratio')} used: ${evidence.join('; ')}`,
            ),
    };
  },
});
