import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, DynamoDBServiceException, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { isBusyError } from '../../lib/aws/busy-error.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const undo of cleanUp.splice(0)) undo();
});

/** What the SDK throws when the server treats its request so. */
async function thrownBy(
  treat: Parameters<typeof createServer>[1],
  more: ConstructorParameters<typeof DynamoDBClient>[0] = {},
): Promise<unknown> {
  const server = createServer(treat);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...more,
  });
  cleanUp.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })).catch((error: unknown) => error);
}

const answering = (status: number, type: string) =>
  thrownBy((_, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'm' }));
  });

describe('what the SDK throws passes by itself', () => {
  test('when the connection breaks', async () => {
    const error = await thrownBy((request) => request.socket.destroy());
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(isBusyError(error)).toBe(true);
  });

  test('when nobody listens', async () => {
    const error = await thrownBy(() => {}, { endpoint: 'http://127.0.0.1:1' });
    expect(isBusyError(error)).toBe(true);
  });

  test('when the answer does not come in time', async () => {
    const error = await thrownBy(() => {}, { requestHandler: { requestTimeout: 20, throwOnRequestTimeout: true } });
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(isBusyError(error)).toBe(true);
  });

  test('when there are no credentials at the moment', async () => {
    const credentials = async () => {
      throw Object.assign(new Error('the endpoint of the credentials did not answer'), {
        name: 'CredentialsProviderError',
      });
    };
    expect(isBusyError(await thrownBy(() => {}, { credentials }))).toBe(true);
  });

  test.each([
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'ThrottlingException'],
    [400, 'RequestLimitExceeded'],
    [400, 'ExpiredTokenException'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
    [500, 'SomethingNew'],
  ])('when it is answered %i %s', async (status, type) => {
    expect(isBusyError(await answering(status, type))).toBe(true);
  });

  test('when the cause does', () => {
    const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    expect(isBusyError(new Error('the batch was not stored', { cause }))).toBe(true);
  });
});

describe('it does not pass', () => {
  test.each([
    [400, 'ValidationException'],
    [400, 'AccessDeniedException'],
    [400, 'ResourceNotFoundException'],
    [400, 'ConditionalCheckFailedException'],
  ])('when it is answered %i %s', async (status, type) => {
    const error = await answering(status, type);
    expect(error).toBeInstanceOf(DynamoDBServiceException);
    expect(isBusyError(error)).toBe(false);
  });

  test.each([new TypeError('undefined is not a function'), 'text', null, undefined, 503])(
    'when the mistake is our own: %s',
    (error) => {
      expect(isBusyError(error)).toBe(false);
    },
  );

  test('when causes go round in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(isBusyError(error)).toBe(false);
  });
});
