import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { embeddedMetric } from '../../lib/aws/cloudwatch/embedded-metric.ts';

/** What of the specification's schema concerns one metric: embedded metric format, "EMF schema" in the CloudWatch user guide. */
const schema = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: { type: 'string', minLength: 1, maxLength: 1024 },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: { type: 'array', maxItems: 30, items: { type: 'string', minLength: 1, maxLength: 250 } },
              },
              Metrics: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: { Name: { type: 'string', minLength: 1 }, Unit: { enum: ['Seconds', 'Count'] } },
                },
              },
            },
          },
        },
      },
    },
  },
};

const line = embeddedMetric({
  ...{ namespace: 'Fleetpulse', metric: 'AnalysisLag', unit: 'Seconds', value: 62.5 },
  dimensions: { FunctionName: 'analyze-1' },
  atMs: 1_772_445_660_000.25,
});

test('is one line of the embedded metric format, with a value for the metric and each of its dimensions', () => {
  expect(line).not.toContain('\n');
  const read = JSON.parse(line);
  const validate = new Ajv().compile(schema);
  expect(validate(read), JSON.stringify(validate.errors)).toBe(true);
  const [{ Dimensions, Metrics }] = read._aws.CloudWatchMetrics;
  expect(Dimensions.flat().map((name: string) => read[name])).toEqual(['analyze-1']);
  expect(Metrics.map(({ Name }: { Name: string }) => read[Name])).toEqual([62.5]);
});

test('passes the filter of a function that keeps warnings only', () => {
  expect(JSON.parse(line)).toMatchObject({ level: 'WARN', timestamp: '2026-03-02T10:01:00.000Z' });
});
