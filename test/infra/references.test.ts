import { beforeAll, describe, expect, test } from 'vitest';
import { fullConfiguration } from '../fixtures/full-configuration.ts';
import { type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

/** Logical ids that something in a template refers to. */
function referredTo(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (typeof value !== 'object' || value === null) return [];
  const { Ref: reference, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  return [
    ...(typeof reference === 'string' && !reference.startsWith('AWS::') ? [reference] : []),
    ...(Array.isArray(attribute) ? [String(attribute[0])] : []),
    ...Object.values(value).flatMap(referredTo),
  ];
}

const store = { metricStore: 'dynamodb' };
describe.each([
  { name: 'in dev with Timestream', context: { env: 'dev', metricStore: 'timestream' }, configured: {} },
  { name: 'in prod', context: { env: 'prod', ...store }, configured: {} },
  { name: 'with everything configured', context: { env: 'prod', ...store }, configured: fullConfiguration },
])('the app $name', ({ context, configured }) => {
  let app: SynthesizedApp;
  beforeAll(() => {
    app = synthChecked([context], configured)[0]!;
  }, 240_000);

  test('has nothing that refers to a resource that is not there', () => {
    const referred = [...app.resources.values()].flatMap(({ Properties }) => referredTo(Properties));
    expect(referred.length).toBeGreaterThan(100);
    expect(referred.filter((id) => !app.resources.has(id))).toEqual([]);
  });

  test('gives no resource a name, so that two environments fit into one account', () => {
    const names = [
      ...['BucketName', 'FunctionName', 'QueueName', 'RoleName', 'PolicyArn', 'TopicName', 'TableName'],
      ...['DatabaseName', 'LogGroupName', 'AlarmName'],
    ];
    // What belongs to another resource says by these to which.
    const belongs = /^(AWS::(Lambda::(Permission|EventInvokeConfig)|Timestream::Table)|Custom::S3AutoDeleteObjects)$/;
    const named = [...app.resources].flatMap(([id, { Type, Properties }]) =>
      belongs.test(Type)
        ? []
        : names.flatMap((name) => (Object.hasOwn(Properties ?? {}, name) ? [`${id}.${name}`] : [])),
    );
    expect(named).toEqual([]);
  });
});
