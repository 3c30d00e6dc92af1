import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Answers, dispatcher } from '../lib/api/dispatch.ts';
import { historyAnswer, readHistoryRequest } from '../lib/api/history-endpoint.ts';
import { type HttpAnswer, jsonAnswer } from '../lib/api/problem.ts';
import { historyEndpoints } from '../lib/api/registry.ts';
import { importHistory } from '../lib/app/import-history.ts';
import { historyDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { PrincipalCheck, problemAnswers, requestIn } from '../lib/aws/middleware.ts';
import { actorOf } from '../lib/core/model/audit-entry.ts';

const deps = historyDeps(readEnv('history', process.env));
const principals = new PrincipalCheck(deps);

const answers: Answers<typeof historyEndpoints> = {
  async importHistory({ key, body, nowMs }) {
    const { metric, points, refused } = readHistoryRequest(body);
    const who = actorOf(key);
    const outcome = await importHistory(deps, { system: key.system, metric, points, who, atMs: nowMs });
    return jsonAnswer(200, historyAnswer(outcome, [...refused, ...outcome.refused]));
  },
};

const dispatch = dispatcher(historyEndpoints, answers);

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler((event) => dispatch(requestIn(event), (scope) => principals.require(scope, event)));
