import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { InvokeMessage, WorkerMessage, WorkerStart } from './worker-messages.ts';

// The program of a function's worker thread: loads the bundle as Lambda would and answers one invocation at a time.

const start = workerData as WorkerStart;
const answer = (message: WorkerMessage) => parentPort?.postMessage(message);

followSharedClock(start.sharedClock);

try {
  const bundle = (await import(pathToFileURL(start.entryFile).href)) as Record<string, unknown>;
  const handler = bundle[start.handlerExport];
  if (typeof handler !== 'function') throw new TypeError(`the bundle exports no function ${start.handlerExport}`);
  parentPort?.on('message', (message: InvokeMessage) => {
    void invoke((event, context) => handler(event, context), message);
  });
  answer({ kind: 'ready' });
} catch (error) {
  console.error(error);
  answer({ kind: 'not-loaded', ...describe(error) });
}

async function invoke(handler: (event: unknown, context: unknown) => unknown, message: InvokeMessage): Promise<void> {
  const startedMs = performance.now();
  const cpuBefore = process.threadCpuUsage();
  const context = {
    awsRequestId: message.requestId,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMb),
    logGroupName: `/aws/lambda/${start.functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, message.timeoutMs - (performance.now() - startedMs)),
  };
  try {
    const result: unknown = await handler(JSON.parse(message.payload), context);
    answer({ kind: 'result', payload: JSON.stringify(result) ?? 'null', cpuMs: cpuMsSince(cpuBefore) });
  } catch (error) {
    console.error(error);
    answer({ kind: 'failure', ...describe(error), cpuMs: cpuMsSince(cpuBefore) });
  }
}

/** Of this thread: what V8 does beside it, such as part of the garbage collection, is not in it. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

function describe(error: unknown): { errorType: string; errorMessage: string } {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: 'Error', errorMessage: String(error) };
}

/** Makes `Date` read the clock of the local cloud; `performance.now` and timers stay real. */
function followSharedClock(shared: SharedArrayBuffer): void {
  const cell = new BigInt64Array(shared);
  const RealDate = Date;
  const realNow = RealDate.now.bind(RealDate);
  const now = () => {
    const manualMs = Atomics.load(cell, 0);
    return manualMs === -1n ? realNow() : Number(manualMs);
  };
  const CloudDate: DateConstructor = new Proxy(RealDate, {
    construct: (target, parts, constructed): object =>
      Reflect.construct(target, parts.length === 0 ? [now()] : parts, constructed === CloudDate ? target : constructed),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.now = now;
  RealDate.prototype.constructor = CloudDate;
  globalThis.Date = CloudDate;
}
