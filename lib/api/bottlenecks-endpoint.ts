import { type BottleneckReport, bottleneckKinds, type PoolFlow } from '../core/bottleneck/bottleneck.ts';
import { type EpochMs, minuteOf } from '../core/model/time.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';
import { momentField, type QueryValues, windowField } from './query-parameters.ts';
import { type Window, windowAnswer } from './window.ts';

const MAX_WINDOW_MINUTES = 60;
const DEFAULT_WINDOW_MINUTES = 15;
/** What an answer has room for. */
const SHOWN = 50;

const kindSchema = oneOf(bottleneckKinds).schema;
/** Models and resources have the pool, or the kind, before their name. */
const nameSchema = textSchema;
const reliefSchema = objectSchema({
  boundPerMin: numberSchema,
  gain: { ...numberSchema, description: 'by how much that is above the bound as it is: 0.25 for a quarter more' },
});

export const bottlenecksEndpoint = {
  method: 'GET',
  path: '/v1/workflows/bottlenecks',
  scope: 'read',
  summary: 'What limits the throughput of the fleet, ranked, with evidence and what relieving it would bring',
  parameters: { window: windowField(MAX_WINDOW_MINUTES), at: momentField },
  answer: objectSchema({
    window: componentSchema('Window'),
    bottlenecks: listSchema(
      objectSchema({
        rank: { type: 'integer', minimum: 1 },
        kind: kindSchema,
        id: nameSchema,
        utilization: { type: 'number', minimum: 0 },
        demandMs: { ...numberSchema, description: 'time at work for one job of the system' },
        servers: nullable(numberSchema),
        waitShare: { ...nullable(shareSchema), description: 'of the time of its tasks or calls' },
        pathShare: { ...nullable(shareSchema), description: 'of the critical paths of workflows' },
        evidence: listSchema(textSchema),
        confidence: {
          ...nullable(shareSchema),
          description: 'that it limits more than the next; null for the last, and above what its slots can do',
        },
        expectedGain: nullable(
          objectSchema({
            boundPerMin: numberSchema,
            oneMoreAgent: nullable(reliefSchema),
            demandHalved: reliefSchema,
            next: {
              ...nullable(objectSchema({ kind: kindSchema, id: nameSchema })),
              description: 'what limits next, once its demand is halved',
            },
          }),
        ),
      }),
      { description: `The ${SHOWN} that limit most` },
    ),
    system: objectSchema({
      jobs: { ...oneOf(['workflows', 'tasks']).schema, description: 'workflows where their ends are told, else tasks' },
      completed: countSchema,
      throughputPerMin: numberSchema,
      boundPerMin: { ...nullable(numberSchema), description: 'what it could be at most, with everything as it is' },
      knee: { ...nullable(numberSchema), description: 'jobs at once beyond which they must wait for each other' },
      balanced: { ...booleanField.schema, description: 'in every pool about as many tasks ended as came' },
    }),
    flows: listSchema(
      objectSchema({
        pool: idField.schema,
        imbalance: { ...nullable(numberSchema), description: '(arrivals - completions) / completions' },
        backlogGrowthPerMin: nullable(numberSchema),
        balanced: booleanField.schema,
      }),
    ),
  }),
} as const satisfies Endpoint;

/** @param newestMs where the window ends unless said: the end of the newest completed minute */
export function readBottlenecksRequest(
  { window, at }: QueryValues<typeof bottlenecksEndpoint.parameters>,
  newestMs: EpochMs,
): Window {
  const to = minuteOf(at ?? newestMs);
  return { from: to - (window ?? DEFAULT_WINDOW_MINUTES), to };
}

export function bottlenecksAnswer(
  { bottlenecks, system, flows }: BottleneckReport,
  window: Window,
): Record<string, unknown> {
  const { isBalanced, ...rest } = system;
  return {
    window: windowAnswer(window),
    bottlenecks: bottlenecks.slice(0, SHOWN),
    system: { ...rest, balanced: isBalanced },
    flows: flows.map(flowAnswer),
  };
}

function flowAnswer({ isBalanced, ...rest }: PoolFlow) {
  return { ...rest, balanced: isBalanced };
}
