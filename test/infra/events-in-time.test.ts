import { beforeAll, describe, expect, test } from 'vitest';
import {
  type PolicyDocument,
  type Reference,
  type SynthesizedApp,
  synthChecked,
} from '../fixtures/synthesized-apps.ts';

describe.each(['dev', 'prod'])('the app in %s', (env) => {
  let app: SynthesizedApp;
  beforeAll(() => {
    app = synthChecked([{ env, metricStore: 'dynamodb' }])[0]!;
  }, 240_000);

  test('gives up on an event when carrying it out would come too late', () => {
    interface Target {
      Arn: Reference;
      RetryPolicy: { MaximumEventAgeInSeconds: number };
    }
    const targets = [
      ...app.ofType<{ Targets: Target[] }>('AWS::Events::Rule').flatMap(([, rule]) => rule.Properties.Targets),
      ...app.ofType<{ Target: Target }>('AWS::Scheduler::Schedule').map(([, schedule]) => schedule.Properties.Target),
    ];
    const configs = app.ofType<{ FunctionName: Reference; MaximumEventAgeInSeconds: number }>(
      'AWS::Lambda::EventInvokeConfig',
    );
    const ages = [
      ...targets.map(({ Arn, RetryPolicy }) => [app.named(Arn), RetryPolicy.MaximumEventAgeInSeconds]),
      ...configs.map(([, { Properties }]) => [app.named(Properties.FunctionName), Properties.MaximumEventAgeInSeconds]),
    ];
    const seconds = (name: string) => ages.flatMap(([one, age]) => (one === name ? [age] : []));
    // The next minute comes in a minute, and the job makes up for what is missing.
    expect(seconds('Analyze')).toEqual([120, 120]);
    // When a plan is due it is due at once; by the hour, until half of it has passed.
    expect(seconds('Optimize').sort()).toEqual([1800, 1800, 300]);
    for (const name of ['Notify', 'Act', 'Benchmark']) expect(seconds(name), name).toEqual([3600, 3600]);
    // The next report comes in five minutes.
    expect(seconds('Canary')).toEqual(env === 'prod' ? [120, 120] : []);
    // By the day, and by the week.
    expect(seconds('Review')).toEqual([3600, 3600, 3600]);
  });

  test('raises an alarm when three minutes pass without a run of the minute job that ended well, also when there is no word of it', () => {
    interface Alarm {
      AlarmActions: Reference[];
      ComparisonOperator: string;
      EvaluationPeriods: number;
      Threshold: number;
      TreatMissingData: string;
      Metrics: { Expression?: string; MetricStat?: { Metric: { MetricName: string }; Period: number } }[];
    }
    const [alarm] = app.ofType<Alarm>('AWS::CloudWatch::Alarm').filter(([id]) => app.named(id) === 'MinuteJobSilent');
    const { Metrics, AlarmActions, ...others } = alarm![1].Properties;
    expect(others).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
    expect(Metrics.map(({ Expression, MetricStat }) => Expression ?? MetricStat?.Metric.MetricName).sort()).toEqual([
      'Errors',
      'FILL(runs, 0) - FILL(failed, 0)',
      'Invocations',
    ]);
    expect(AlarmActions.map(app.named)).toEqual(['Alerts']);
  });

  test('tells somebody of every alarm, by a topic on which alarms of this account may publish', () => {
    const alarms = app.ofType<{ AlarmActions?: Reference[] }>('AWS::CloudWatch::Alarm');
    const topics = new Set(alarms.flatMap(([, { Properties }]) => (Properties.AlarmActions ?? []).map(app.target)));
    for (const [id, { Properties }] of alarms) expect(Properties.AlarmActions ?? [], id).not.toEqual([]);
    const open = app
      .ofType<{ PolicyDocument: PolicyDocument }>('AWS::SNS::TopicPolicy')
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    for (const topic of topics) {
      const statements = open.filter(({ Resource }) => app.target(Resource as Reference) === topic);
      expect(statements, topic).toContainEqual(
        expect.objectContaining({
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      );
    }
  });
});
