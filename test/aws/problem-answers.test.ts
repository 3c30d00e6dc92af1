import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../lib/api/problem.ts';
import { problemAnswers } from '../../lib/aws/middleware.ts';
import { freePort } from '../../lib/local/free-port.ts';
import { DynamodbUnderTest, storesOn } from '../fixtures/dynamodb-tables.ts';
import { type Fault, FaultyProcess, storeErrors } from '../fixtures/faulty-dynamodb.ts';

let dynamodb: DynamodbUnderTest;
beforeAll(async () => {
  dynamodb = await DynamodbUnderTest.start('native');
});
afterAll(() => dynamodb.close());

async function answerTo(work: () => Promise<unknown>): Promise<HttpAnswer> {
  const handler = middy<APIGatewayProxyEventV2, HttpAnswer>()
    .use(problemAnswers())
    .handler(async () => {
      await work();
      return { statusCode: 200, headers: {}, body: '' };
    });
  return handler({ rawPath: '/v1/events' } as APIGatewayProxyEventV2, {} as Context);
}

function expectTryAgain(answer: HttpAnswer) {
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toMatch(/^[1-5]$/);
}

describe('a request during a fault of the store is answered 503 with Retry-After', () => {
  const cases = storeErrors.flatMap((error) =>
    (['request-lost', 'answer-lost'] as const).flatMap((what) => [
      { error, what, retries: false },
      { error, what, retries: true },
    ]),
  );
  test.each(cases)('$error, $what, with retries: $retries', async ({ error, what, retries }) => {
    const fault: Fault = { what, error };
    const { client } = new FaultyProcess(dynamodb, () => fault, { retries });
    const { journal } = storesOn(client, await dynamodb.tables(), () => 0);
    expectTryAgain(await answerTo(() => journal.markDirty('default', { bucket: 1, batchId: 'b' }, 0)));
  });

  test('when nobody listens there', async () => {
    const client = new DynamoDBClient({
      ...{ endpoint: `http://127.0.0.1:${await freePort()}`, region: 'us-east-1', maxAttempts: 1 },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const get = () => client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p' }, sk: { S: 's' } } }));
    expectTryAgain(await answerTo(get));
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])('when the network says %s', async (code) => {
    expectTryAgain(await answerTo(() => Promise.reject(Object.assign(new Error(code), { code }))));
  });

  test('when something in between answers 502 without a word of DynamoDB', async () => {
    const error = Object.assign(new Error('UnknownError'), { $metadata: { httpStatusCode: 502 } });
    expectTryAgain(await answerTo(() => Promise.reject(error)));
  });

  test('but a mistake of ours is a 500', async () => {
    expect((await answerTo(() => Promise.reject(new TypeError('x is not a function')))).statusCode).toBe(500);
    const wrong = Object.assign(new Error('no such attribute'), {
      ...{ name: 'ValidationException', $metadata: { httpStatusCode: 400 } },
    });
    expect((await answerTo(() => Promise.reject(wrong))).statusCode).toBe(500);
  });
});
