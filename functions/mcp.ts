import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpAnswer } from '../lib/api/problem.ts';
import { queryEndpoints } from '../lib/api/registry.ts';
import { readAccess, readEnv } from '../lib/aws/env.ts';
import { problemAnswers, problemOf, requestIn } from '../lib/aws/middleware.ts';
import { answerMcp } from '../lib/mcp/answer-mcp.ts';
import { endpointRequest } from '../lib/mcp/endpoint-request.ts';
import type { Ask } from '../lib/mcp/tool.ts';
import { dispatch, principals } from './query.ts';

const { PUBLIC_URL } = readEnv('mcp', process.env);
/** AWS itself is on this machine: it is the local cloud. */
const isLocal = new URL(readAccess(process.env).endpoint ?? 'https://aws').hostname === '127.0.0.1';

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler((event) => {
    const request = requestIn(event);
    // What query answers over HTTP is what tools tell: with the key of the caller, checked for each endpoint.
    const ask: Ask = async (operation, sent) => {
      const asked = endpointRequest(queryEndpoints[operation], sent, request.nowMs);
      const answer = await dispatch(asked, (scope) => principals.require(scope, event));
      return JSON.parse(answer.body);
    };
    return answerMcp(request, {
      hosts: isLocal ? null : [event.requestContext.domainName],
      pageUrl: pageUrl(event),
      requireCaller: () => principals.require('read', event),
      ask,
      problemOf: (error) => problemOf(error, request.path),
    });
  });

/** The page is beside the API on one's own machine; elsewhere it has an address of its own. */
function pageUrl({ headers }: APIGatewayProxyEventV2): string | null {
  if (PUBLIC_URL !== '/') return PUBLIC_URL;
  return isLocal ? `http://${headers['host']}/` : null;
}
