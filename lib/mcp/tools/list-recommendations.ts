import { listSchema, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { recommendationsEndpoint } from '../../api/recommendations-endpoint.ts';
import { rowsSchema } from '../answer-schemas.ts';
import { argument, pageArguments } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { placeKey, rowsOfAll } from '../rows-of-all.ts';
import { declareTool } from '../tool.ts';

interface RecommendationsAnswer {
  recommendations: {
    id: string;
    strategy: string;
    horizon: string;
    title: string;
    evidence: string[];
    expectedGain: { value: number; unit: string; low: number; high: number };
    confidence: number;
    action: string;
    status: string;
  }[];
}

const { status, strategy, horizon } = recommendationsEndpoint.parameters;

export const listRecommendations = declareTool({
  name: 'list_recommendations',
  title: 'Recommendations',
  about:
    'What would make the fleet do better, soonest and surest first: what to do, what it would bring with a 90 % interval, how sure that is, and the evidence.',
  asks: ['listRecommendations'],
  effect: 'reads',
  needs: {},
  takes: {
    status: argument(status, 'only those; proposed, adopted and measured ones unless said'),
    strategy: argument(strategy, 'only those of this strategy'),
    horizon: argument(horizon, 'only those'),
    ...pageArguments,
  },
  answer: rowsSchema(
    'recommendations',
    objectSchema({
      ...{ id: textSchema, strategy: textSchema, horizon: textSchema, title: textSchema, status: textSchema },
      ...{ action: textSchema, confidence: numberSchema, evidence: listSchema(textSchema) },
      expectedGain: objectSchema({ value: numberSchema, unit: textSchema, low: numberSchema, high: numberSchema }),
    }),
  ),
  async run({ ask }, { status, strategy, horizon, ...page }) {
    const { recommendations } = await ask<RecommendationsAnswer>('listRecommendations', {
      parameters: { status, strategy, horizon },
    });
    const { items, next } = rowsOfAll(recommendations, (_, place) => placeKey(place), page);
    const rows = items.map(({ id, strategy, horizon, title, status, action, confidence, evidence, expectedGain }) => ({
      ...{ id, strategy, horizon, title, status, action, confidence, evidence, expectedGain },
    }));
    return {
      facts: { recommendations: rows, next },
      lines:
        rows.length === 0
          ? ['nothing is recommended']
          : rows.map(({ id, title, status, action, confidence, expectedGain: { value, low, high, unit } }) => {
              const gain = `${inUnit(value, unit)} (${inUnit(low, unit)} to ${inUnit(high, unit)})`;
              return `[${status}] ${title}: ${action}; brings ${gain}, ${inUnit(confidence, 'ratio')} sure (${id})`;
            }),
    };
  },
});
