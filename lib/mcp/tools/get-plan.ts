import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { linkSchema, MOST_ROWS } from '../answer-schemas.ts';
import { inUnit } from '../in-unit.ts';
import { declareTool } from '../tool.ts';

interface PlanAnswer {
  resource_allocation: {
    agents: Readonly<Record<string, number>>;
    shares: { taskType: string; agent: string | null; pool: string | null; tasksPerMin: number }[];
    costPerHourUsd: number | null;
    status: string | null;
    explanation: { message: string }[];
    unserved: { taskType: string; tasksPerMin: number }[];
  };
  predicted_bottlenecks: { kind: string; id: string; utilization: number; evidence: string[] }[];
  recommendations: { title: string }[];
  duals: { words: string }[];
  madeAt: string | null;
  for: string | null;
  reason?: string;
}

export const getPlan = declareTool({
  name: 'get_plan',
  title: 'Plan',
  about:
    'The newest plan for the coming hour: how many agents each pool should have, who should do how much of what, what will be full first, what to do about it, and what one more agent is worth.',
  asks: ['readPlan'],
  effect: 'reads',
  needs: {},
  takes: {},
  answer: objectSchema(
    {
      ...{ madeAt: nullable(momentSchema), for: nullable(momentSchema), status: nullable(textSchema) },
      costPerHourUsd: nullable(numberSchema),
      agents: { type: 'object', additionalProperties: numberSchema, description: 'by pool' },
      shares: listSchema(
        objectSchema({
          ...{ taskType: textSchema, agent: nullable(textSchema), pool: nullable(textSchema) },
          tasksPerMin: numberSchema,
        }),
        { maxItems: MOST_ROWS },
      ),
      sharesLeftOut: numberSchema,
      bottlenecks: listSchema(
        objectSchema({ kind: textSchema, id: textSchema, utilization: numberSchema, evidence: listSchema(textSchema) }),
        { maxItems: MOST_ROWS },
      ),
      ...{ recommendations: listSchema(textSchema), worth: listSchema(textSchema), missing: listSchema(textSchema) },
    },
    { reason: textSchema, ...linkSchema },
  ),
  async run({ ask, links }) {
    const plan = await ask<PlanAnswer>('readPlan');
    const { agents, costPerHourUsd, status, explanation, unserved } = plan.resource_allocation;
    const shares = plan.resource_allocation.shares
      .toSorted((a, b) => b.tasksPerMin - a.tasksPerMin)
      .map(({ taskType, agent, pool, tasksPerMin }) => ({ taskType, agent, pool, tasksPerMin }));
    const sharesLeftOut = Math.max(0, shares.length - MOST_ROWS);
    const missing = [
      ...explanation.map(({ message }) => message),
      ...unserved.map(({ taskType, tasksPerMin }) => `${inUnit(tasksPerMin, '1/min')} of ${taskType} cannot be served`),
    ];
    const bottlenecks = plan.predicted_bottlenecks
      .slice(0, MOST_ROWS)
      .map(({ kind, id, utilization, evidence }) => ({ kind, id, utilization, evidence }));
    const recommendations = plan.recommendations.slice(0, MOST_ROWS).map(({ title }) => title);
    const worth = plan.duals.slice(0, MOST_ROWS).map(({ words }) => words);
    const facts = {
      ...{ madeAt: plan.madeAt, for: plan.for, status, costPerHourUsd, agents, reason: plan.reason },
      ...{ shares: shares.slice(0, MOST_ROWS), sharesLeftOut, bottlenecks, recommendations, worth, missing },
      link: links({ tab: 'plan' }),
    };
    if (plan.madeAt === null) return { facts, lines: [plan.reason ?? 'there is no plan yet'] };
    return {
      facts,
      lines: [
        `plan for the hour from ${plan.for}, made at ${plan.madeAt}: ${status}, ${inUnit(costPerHourUsd, 'usd')} an hour`,
        ...Object.entries(agents).map(([pool, count]) => `pool ${pool}: ${count} agents`),
        ...missing.map((it) => `not met: ${it}`),
        ...bottlenecks.map(
          ({ kind, id, utilization }) => `full first: ${kind} ${id}, ${inUnit(utilization, 'ratio')} used`,
        ),
        ...recommendations.map((it) => `to do: ${it}`),
        ...worth,
      ],
    };
  },
});
