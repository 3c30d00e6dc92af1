import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';

/** The HTTPS edge: what agents report to (ingest) and what people and programs read (query). */
export class IngestStack extends Stack {
  readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { config: EnvironmentConfig; state: TableV2; rollups: TableV2 },
  ) {
    super(scope, id, props);
    const { config, state, rollups } = props;
    const tables = { STATE_TABLE: state.tableName, ROLLUPS_TABLE: rollups.tableName };
    const ingest = new FleetpulseFunction(this, 'ingest', {
      config,
      environment: tables,
      memoryMb: 512,
      timeoutSeconds: 10,
      grants: [
        { actions: ['dynamodb:GetItem'], resources: [state.tableArn] },
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [rollups.tableArn] },
      ],
    });
    const query = new FleetpulseFunction(this, 'query', {
      config,
      environment: { ...tables, DIRECTIVE_MODES: JSON.stringify(config.modes) },
      memoryMb: 512,
      timeoutSeconds: 25,
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [state.tableArn, rollups.tableArn] },
        // Words of orchestrators and people about directives, the policy, and waiting places.
        { actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
      ],
    });

    const api = new HttpApi(this, 'Api', { createDefaultStage: false });
    new HttpStage(this, 'DefaultStage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.throttle.ratePerSecond, burstLimit: config.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', {
            retention: config.logRetentionDays,
            removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
          }),
        ),
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            route: '$context.routeKey',
            status: '$context.status',
            latencyMs: '$context.responseLatency',
            bytes: '$context.responseLength',
          }),
        ),
      },
    });
    api.addRoutes({
      path: '/v1/events',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('IngestEvents', ingest),
    });
    // Everything else is answered by query, so that unknown paths get problem+json too.
    api.addRoutes({
      path: '/{proxy+}',
      methods: [HttpMethod.ANY],
      integration: new HttpLambdaIntegration('Query', query),
    });
    Validations.of(api).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'API keys are checked in the functions, so that answers name the missing scope: see docs/events.md',
    });
    new CfnOutput(this, 'Url', { value: api.apiEndpoint });
    this.api = api;
  }
}
