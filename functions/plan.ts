import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Answers, dispatcher } from '../lib/api/dispatch.ts';
import { problemPlanAnswer, readWhatIfRequest, whatIfAnswer } from '../lib/api/plan-endpoint.ts';
import { type HttpAnswer, jsonAnswer } from '../lib/api/problem.ts';
import { planEndpoints } from '../lib/api/registry.ts';
import { planProblem, planWhatIf } from '../lib/app/plan-what-if.ts';
import { planDeps } from '../lib/aws/deps.ts';
import { readEnv } from '../lib/aws/env.ts';
import { PrincipalCheck, problemAnswers, requestIn } from '../lib/aws/middleware.ts';

const deps = planDeps(readEnv('plan', process.env));
const principals = new PrincipalCheck(deps);

const answers: Answers<typeof planEndpoints> = {
  async planWhatIf({ key, body, nowMs }) {
    const request = readWhatIfRequest(body);
    if (request.of === 'problem') {
      return jsonAnswer(200, problemPlanAnswer(await planProblem(deps, key.system, request.problem), nowMs));
    }
    return jsonAnswer(200, whatIfAnswer(await planWhatIf(deps, key.system, request.what), nowMs));
  },
};

const dispatch = dispatcher(planEndpoints, answers);

export const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
  .use(problemAnswers())
  .handler((event) => dispatch(requestIn(event), (scope) => principals.require(scope, event)));
