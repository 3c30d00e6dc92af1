import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { JsonObject } from '../json.ts';
import { isFromProgramHere } from '../loopback.ts';
import { errorAnswer, Timestream, type TimestreamAnswer, type TimestreamOptions } from './timestream.ts';
import { TimestreamError } from './timestream-error.ts';

export interface TimestreamEmulatorOptions extends TimestreamOptions {
  /** Sees every request before it is carried out, and may give an error to answer in its place. */
  intercept?: (operation: string, request: JsonObject) => 'throttle' | 'fail' | undefined;
}

export interface TimestreamEmulator {
  port: number;
  /** For AWS_ENDPOINT_URL_TIMESTREAM_WRITE and AWS_ENDPOINT_URL_TIMESTREAM_QUERY. */
  url: string;
  /** Deletes what is older than its table keeps; the local cloud does it once an hour. */
  deleteExpired: () => Promise<void>;
  close: () => Promise<void>;
}

/** Timestream alone on a free loopback port, for anyone: without the local cloud there are no policies to check. */
export async function startTimestreamEmulator(options: TimestreamEmulatorOptions): Promise<TimestreamEmulator> {
  mkdirSync(dirname(options.file), { recursive: true });
  const timestream = await Timestream.open(options);
  const answer = async (operation: string, body: string): Promise<TimestreamAnswer> => {
    const request = JSON.parse(body) as JsonObject;
    const injected = options.intercept?.(operation, request);
    return injected ? errorAnswer(injectedError(injected)) : timestream.answer(operation, request);
  };
  const server = createServer((request, response) => {
    if (!isFromProgramHere(request.headers)) {
      response.writeHead(403, { connection: 'close' }).end('only programs of this machine are answered');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const operation = String(request.headers['x-amz-target'] ?? '').replace('Timestream_20181101.', '');
      void answer(operation, Buffer.concat(chunks).toString('utf8')).then(({ status, content }) => {
        response.writeHead(status, {
          'content-type': 'application/x-amz-json-1.0',
          // Its date is the real one: were it another clock's, the SDK would correct its own and try again.
          'x-amzn-requestid': randomUUID(),
        });
        response.end(JSON.stringify(content));
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    deleteExpired: () => timestream.deleteExpired(),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await timestream.close();
    },
  };
}

function injectedError(injected: 'throttle' | 'fail'): TimestreamError {
  return injected === 'throttle'
    ? new TimestreamError('ThrottlingException', 'Rate exceeded')
    : new TimestreamError('InternalServerException', 'injected failure');
}
