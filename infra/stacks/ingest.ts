import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  type CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { EdgeAuth, HistoryDays } from '../../lib/aws/env.ts';
import { addAliasRecords } from '../alias-record.ts';
import { type DomainConfig, publicUrlOf } from '../config/edge.ts';
import { directiveModes, type EnvironmentConfig } from '../config/environment-config.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';
import type { MetricHistory } from '../metric-store/metric-history.ts';

/**
 * Requests that take up to half a minute of a function each. All of them at the rate of the others would use up the executions
 * that the account may have at once, and nothing would be left for reports and the minute job.
 */
const SLOW_ROUTE = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };

/** The HTTPS edge: what agents report to (ingest), what people and programs read (query), plans under other assumptions, and history that is brought in. */
export class IngestStack extends Stack {
  readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { config: EnvironmentConfig; state: TableV2; rollups: TableV2; history: MetricHistory },
  ) {
    super(scope, id, props);
    const { config, state, rollups, history } = props;
    const tables = { STATE_TABLE: state.tableName, ROLLUPS_TABLE: rollups.tableName };
    const ingest = new FleetpulseFunction(this, 'ingest', {
      config,
      environment: {
        ...tables,
        EDGE_AUTH: JSON.stringify(edgeAuthOf(config, 'ingest')),
        INGEST_LIMIT: JSON.stringify(config.ingestLimit),
      },
      memoryMb: 512,
      timeoutSeconds: 10,
      grants: [
        // Keys and when they were last used, the version of the directives, the buckets of the rate limit, and who is in the fleet.
        { actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [rollups.tableArn] },
      ],
    });
    const reading = {
      ...tables,
      DIRECTIVE_MODES: directiveModes(config),
      EDGE_AUTH: JSON.stringify(edgeAuthOf(config, 'query')),
      METRIC_STORE: this.toJsonString(history.settings),
      HISTORY_DAYS: JSON.stringify(config.historyDays satisfies HistoryDays),
    };
    const query = new FleetpulseFunction(this, 'query', {
      ...{ config, environment: reading, memoryMb: 512, timeoutSeconds: 25 },
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [state.tableArn, rollups.tableArn] },
        // Words of orchestrators and people about directives, the policy, pools, budgets, keys, the audit log, and waiting places.
        { actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
        ...history.grants(['timestream:Select']),
      ],
    });

    const mcp = new FleetpulseFunction(this, 'mcp', {
      ...{ config, memoryMb: 512, timeoutSeconds: 25 },
      environment: { ...reading, PUBLIC_URL: publicUrlOf(config) ?? '/' },
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [state.tableArn, rollups.tableArn] },
        // Words of people about alerts, silences, the audit log, and when keys were last used.
        { actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
        ...history.grants(['timestream:Select']),
      ],
    });

    const imports = new FleetpulseFunction(this, 'history', {
      config,
      environment: {
        ...tables,
        EDGE_AUTH: JSON.stringify(edgeAuthOf(config, 'query')),
        METRIC_STORE: this.toJsonString(history.settings),
        HISTORY_DAYS: JSON.stringify(config.historyDays satisfies HistoryDays),
      },
      memoryMb: 512,
      timeoutSeconds: 28,
      grants: [
        // Keys and when they were last used, and the audit log.
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
        ...(history.settings.kind === 'dynamodb'
          ? [{ actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [rollups.tableArn] }]
          : history.grants(['timestream:WriteRecords'])),
      ],
    });

    const plan = new FleetpulseFunction(this, 'plan', {
      config,
      environment: { ...tables, EDGE_AUTH: JSON.stringify(edgeAuthOf(config, 'query')) },
      memoryMb: 1769,
      timeoutSeconds: 28,
      grants: [
        // The plan in force, keys and when they were last used.
        { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
      ],
    });

    const api = new HttpApi(this, 'Api', { createDefaultStage: false });
    const stage = new HttpStage(this, 'DefaultStage', {
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
    const authorizers = authorizersOf(config);
    const toIngest = new HttpLambdaIntegration('IngestEvents', ingest);
    for (const path of ['/v1/events', '/v1/traces', '/v1/metrics', '/v1/logs']) {
      api.addRoutes({ path, methods: [HttpMethod.POST], integration: toIngest, ...authorizers.ingest });
    }
    const slow = api.addRoutes({
      path: '/v1/history',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('ImportHistory', imports),
      ...authorizers.query,
    });
    slow.push(
      ...api.addRoutes({
        path: '/v1/plan',
        methods: [HttpMethod.POST],
        integration: new HttpLambdaIntegration('PlanAgain', plan),
        ...authorizers.query,
      }),
    );
    // A stage names routes in its settings only once they are there.
    stage.node.addDependency(...slow);
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      ['POST /v1/history', 'POST /v1/plan'].map((route) => [route, SLOW_ROUTE]),
    );
    const toMcp = new HttpLambdaIntegration('Mcp', mcp);
    api.addRoutes({ path: '/mcp', methods: [HttpMethod.ANY], integration: toMcp, ...authorizers.query });
    const toQuery = new HttpLambdaIntegration('Query', query);
    // Everything else is answered by query, so that unknown paths get problem+json too.
    api.addRoutes({ path: '/{proxy+}', methods: [HttpMethod.ANY], integration: toQuery, ...authorizers.query });
    if (authorizers.query.authorizer) {
      // Anyone may ask for these, as where keys are checked.
      for (const path of ['/v1/health', '/openapi.json']) {
        api.addRoutes({ path, methods: [HttpMethod.GET], integration: toQuery });
      }
    }
    Validations.of(api).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'API keys are checked in the functions, so that answers name the missing scope, and health is open: see docs/keys.md',
    });
    new CfnOutput(this, 'Url', { value: api.apiEndpoint });
    if (config.apiDomain) this.#reachAt(config.apiDomain, api, stage);
    this.api = api;
  }

  /** The API under a name of its own, beside the URL that it has from AWS. */
  #reachAt(domain: DomainConfig, api: HttpApi, stage: HttpStage): void {
    const domainName = new DomainName(this, 'ApiDomain', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'ApiCertificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'ApiDomainMapping', { api, domainName, stage });
    const { regionalDomainName, regionalHostedZoneId } = domainName;
    const target = new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId);
    addAliasRecords(this, 'Api', domain, target, { ipv6: false });
    new CfnOutput(this, 'ApiDomainUrl', { value: `https://${domain.name}` });
    new CfnOutput(this, 'ApiDomainTarget', { value: regionalDomainName });
  }
}

type Edge = keyof EnvironmentConfig['edgeAuth'];

/** What a function must know to tell who is asking. */
function edgeAuthOf({ edgeAuth, authorizers: { jwt, iam } }: EnvironmentConfig, edge: Edge): EdgeAuth {
  const kind = edgeAuth[edge];
  if (kind === 'jwt' && jwt) {
    const { systemClaim, scopeClaim, poolsClaim } = jwt;
    return { kind, systemClaim, scopeClaim, ...(poolsClaim === undefined ? {} : { poolsClaim }) };
  }
  if (kind === 'iam' && iam) {
    const grants = iam.grants.map(({ pools, ...grant }) => (pools ? { ...grant, pools } : grant));
    return { kind, grants };
  }
  return { kind: 'key' };
}

/** What API Gateway checks before a function is asked, at each edge; nothing where the functions check keys. */
function authorizersOf({
  edgeAuth,
  authorizers,
}: EnvironmentConfig): Record<Edge, { authorizer?: IHttpRouteAuthorizer }> {
  const { jwt } = authorizers;
  const byToken = jwt && new HttpJwtAuthorizer('Tokens', jwt.issuer, { jwtAudience: jwt.audience });
  const bySignature = new HttpIamAuthorizer();
  const of = (edge: Edge) => {
    const kind = edgeAuth[edge];
    if (kind === 'jwt' && byToken) return { authorizer: byToken };
    return kind === 'iam' ? { authorizer: bySignature } : {};
  };
  return { ingest: of('ingest'), query: of('query') };
}
