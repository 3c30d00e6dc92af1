import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import {
  agentAnswer,
  agentsAnswer,
  readAgentRequest,
  readAgentsRequest,
  windowAnswer,
} from '../lib/api/agents-endpoint.ts';
import { alertsAnswer, readAlertsRequest } from '../lib/api/alerts-endpoint.ts';
import { type Answers, dispatcher } from '../lib/api/dispatch.ts';
import { ledgerAnswer, readLedgerRequest } from '../lib/api/ledger-endpoint.ts';
import { openApiDocument } from '../lib/api/openapi.ts';
import { type HttpAnswer, jsonAnswer, Problem } from '../lib/api/problem.ts';
import { ingestEndpoints, queryEndpoints } from '../lib/api/registry.ts';
import { listAgents } from '../lib/app/list-agents.ts';
import { readLedger } from '../lib/app/read-ledger.ts';
import { queryDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { KeyCheck, problemAnswers } from '../lib/aws/middleware.ts';

const deps = queryDeps(readEnv('query', process.env));
const keys = new KeyCheck(deps.keys);

const answers: Answers<typeof queryEndpoints> = {
  async listAgents({ key, parameters, nowMs }) {
    const request = readAgentsRequest(parameters, nowMs);
    return jsonAnswer(200, agentsAnswer(await listAgents(deps, key.system, request.from, request.to), request));
  },

  async readAgent({ key, ids, parameters, nowMs }) {
    const request = readAgentRequest(parameters, nowMs);
    const reports = await listAgents(deps, key.system, request.from, request.to);
    const found = reports.find(({ entry }) => entry.agent === ids.agent);
    if (!found)
      throw new Problem(
        404,
        `agent ${ids.agent} is not known: an agent appears when the minute of its first event has ended; GET /v1/agents lists all`,
      );
    return jsonAnswer(200, { window: windowAnswer(request), ...agentAnswer(found) });
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
