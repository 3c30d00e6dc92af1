import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { agentAnswer, agentsAnswer, readAgentsRequest, unknownAgent } from '../lib/api/agents-endpoint.ts';
import { alertsAnswer, readAlertsRequest } from '../lib/api/alerts-endpoint.ts';
import { type Answers, dispatcher } from '../lib/api/dispatch.ts';
import { fleetAnswer } from '../lib/api/fleet-endpoint.ts';
import { healthAnswer } from '../lib/api/health-endpoint.ts';
import { ledgerAnswer, readLedgerRequest } from '../lib/api/ledger-endpoint.ts';
import { openApiDocument } from '../lib/api/openapi.ts';
import { poolsAnswer } from '../lib/api/pools-endpoint.ts';
import { type HttpAnswer, jsonAnswer } from '../lib/api/problem.ts';
import { ingestEndpoints, queryEndpoints } from '../lib/api/registry.ts';
import { readSeriesRequest, seriesAnswer, unknownScope } from '../lib/api/series-endpoint.ts';
import { windowAnswer, windowOf } from '../lib/api/window.ts';
import { readFleet } from '../lib/app/read-fleet.ts';
import { readFreshness, readWorstFreshness } from '../lib/app/read-freshness.ts';
import { readLedger } from '../lib/app/read-ledger.ts';
import { readSeries } from '../lib/app/read-series.ts';
import { queryDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { KeyCheck, problemAnswers } from '../lib/aws/middleware.ts';

const deps = queryDeps(readEnv('query', process.env));
const keys = new KeyCheck(deps.keys);

const answers: Answers<typeof queryEndpoints> = {
  async readFleet({ key, parameters, nowMs }) {
    const window = windowOf(parameters, nowMs);
    const [report, freshness] = await Promise.all([
      readFleet(deps, key.system, window.from, window.to),
      readFreshness(deps, key.system, parameters.at ?? nowMs),
    ]);
    return jsonAnswer(200, fleetAnswer(report, window, freshness));
  },

  async listPools({ key, parameters, nowMs }) {
    const window = windowOf(parameters, nowMs);
    const { pools } = await readFleet(deps, key.system, window.from, window.to);
    return jsonAnswer(200, poolsAnswer(pools, window));
  },

  async listAgents({ key, parameters, nowMs }) {
    const request = readAgentsRequest(parameters, nowMs);
    const { agents } = await readFleet(deps, key.system, request.from, request.to);
    return jsonAnswer(200, agentsAnswer(agents, request));
  },

  async readAgent({ key, ids, parameters, nowMs }) {
    const window = windowOf(parameters, nowMs);
    const { agents } = await readFleet(deps, key.system, window.from, window.to);
    const found = agents.find(({ entry }) => entry.agent === ids.agent);
    if (!found) throw unknownAgent(ids.agent);
    return jsonAnswer(200, { window: windowAnswer(window), ...agentAnswer(found) });
  },

  async readSeries({ key, parameters, nowMs }) {
    const request = readSeriesRequest(parameters, nowMs);
    const steps = await readSeries(deps, key.system, request);
    if (!steps) throw unknownScope(request.scope);
    return jsonAnswer(200, seriesAnswer(request, steps));
  },

  async listAlerts({ key, parameters, nowMs }) {
    const request = readAlertsRequest(parameters, nowMs);
    const alerts = await deps.alerts.history(key.system, request.fromMs, request.toMs);
    return jsonAnswer(200, alertsAnswer(alerts, request));
  },

  async readLedger({ key, parameters, nowMs }) {
    const period = readLedgerRequest(parameters, nowMs);
    const summary = await readLedger(deps, key.system, period.from, period.to, nowMs);
    return jsonAnswer(200, ledgerAnswer(summary, period));
  },

  async readHealth({ nowMs }) {
    return healthAnswer(await readWorstFreshness(deps, nowMs), nowMs);
  },

  async readOpenApi() {
    return jsonAnswer(200, openApiDocument({ ...ingestEndpoints, ...queryEndpoints }));
  },
};

const dispatch = dispatcher(queryEndpoints, answers, ingestEndpoints);

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler((event) =>
    dispatch(
      {
        method: event.requestContext.http.method,
        path: event.rawPath,
        parameters: event.queryStringParameters ?? {},
        headers: event.headers,
        body: event.body,
        isBase64Encoded: event.isBase64Encoded,
        nowMs: Date.now(),
      },
      (scope) => keys.require(scope, event),
    ),
  );
