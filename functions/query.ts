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
import { ledgerAnswer, readLedgerRequest } from '../lib/api/ledger-endpoint.ts';
import { type HttpAnswer, jsonAnswer, Problem } from '../lib/api/problem.ts';
import type { QueryParameters } from '../lib/api/query-parameters.ts';
import { listAgents } from '../lib/app/list-agents.ts';
import { readLedger } from '../lib/app/read-ledger.ts';
import { queryDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { KeyCheck, problemAnswers } from '../lib/aws/middleware.ts';

const deps = queryDeps(readEnv('query', process.env));
const keys = new KeyCheck(deps.keys);

interface Asked {
  system: string;
  /** What the path names, where it names something. */
  id: string;
  parameters: QueryParameters;
  nowMs: number;
}

/** Path patterns and what answers them; one group in a pattern is the id. */
const paths: readonly { pattern: RegExp; answer: (asked: Asked) => Promise<unknown> }[] = [
  {
    pattern: /^\/v1\/agents$/,
    answer: async ({ system, parameters, nowMs }) => {
      const request = readAgentsRequest(parameters, nowMs);
      return agentsAnswer(await listAgents(deps, system, request.from, request.to), request);
    },
  },
  {
    // API Gateway hands on the path decoded: an id may have slashes.
    pattern: /^\/v1\/agents\/(.+)$/,
    answer: async ({ system, id, parameters, nowMs }) => {
      const request = readAgentRequest(parameters, nowMs);
      const reports = await listAgents(deps, system, request.from, request.to);
      const found = reports.find(({ entry }) => entry.agent === id);
      if (!found)
        throw new Problem(
          404,
          `agent ${id} is not known: an agent appears when the minute of its first event has ended; GET /v1/agents lists all`,
        );
      return { window: windowAnswer(request), ...agentAnswer(found) };
    },
  },
  {
    pattern: /^\/v1\/alerts$/,
    answer: async ({ system, parameters, nowMs }) => {
      const request = readAlertsRequest(parameters, nowMs);
      return alertsAnswer(await deps.alerts.history(system, request.fromMs, request.toMs), request);
    },
  },
  {
    pattern: /^\/v1\/ledger$/,
    answer: async ({ system, parameters, nowMs }) => {
      const period = readLedgerRequest(parameters, nowMs);
      return ledgerAnswer(await readLedger(deps, system, period.from, period.to, nowMs), period);
    },
  },
];

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler(async (event) => {
    for (const { pattern, answer } of paths) {
      const match = pattern.exec(event.rawPath);
      if (!match) continue;
      if (event.requestContext.http.method !== 'GET') {
        throw new Problem(405, `${event.rawPath} is read with GET`, { headers: { allow: 'GET' } });
      }
      const key = await keys.require('read', event);
      const parameters = event.queryStringParameters ?? {};
      return jsonAnswer(200, await answer({ system: key.system, id: match[1] ?? '', parameters, nowMs: Date.now() }));
    }
    if (event.rawPath === '/v1/events') {
      throw new Problem(405, 'events are sent with POST', { headers: { allow: 'POST' } });
    }
    throw new Problem(404, `there is nothing at ${event.rawPath}`);
  });
