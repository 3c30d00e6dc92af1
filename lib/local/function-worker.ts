import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { InvokeMessage, WorkerMessage, WorkerStart } from './worker-messages.ts';

/** `cpuMs`: of its thread, where the thread lived to tell. */
export type InvocationResult =
  | { status: 'succeeded'; payload: string; cpuMs?: number }
  | { status: 'failed'; errorType: string; errorMessage: string; cpuMs?: number };

/** How long a bundle may take to load, in real time; generous, because a laptop may be busy. */
const LOAD_LIMIT_MS = 60_000;

/** One execution environment of a function: a worker thread that carries out one invocation at a time. */
export class FunctionWorker {
  /** Identifies the worker in every request that its SDK signs. */
  readonly accessKeyId: string;
  /** Settles when the bundle is loaded, or could not be. */
  readonly loaded: Promise<InvocationResult>;
  readonly #worker: Worker;
  #answer: ((result: InvocationResult) => void) | undefined;
  #calls = 0;
  #ended = false;

  constructor(
    accessKeyId: string,
    start: WorkerStart,
    env: Record<string, string>,
    log: (chunk: Buffer) => void,
    onEnd: (worker: FunctionWorker) => void,
  ) {
    this.accessKeyId = accessKeyId;
    this.#worker = new Worker(new URL('./lambda-runtime.ts', import.meta.url), {
      workerData: start,
      env,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: start.memoryMb },
    });
    this.#worker.stdout.on('data', log);
    this.#worker.stderr.on('data', log);
    let crash = { errorType: 'Runtime.ExitError', errorMessage: 'the function ended before it answered' };
    this.loaded = this.#next(LOAD_LIMIT_MS, 'did not load');
    this.#worker.on('message', (message: WorkerMessage) => this.#settle(asResult(message)));
    this.#worker.on('error', (error) => {
      crash = {
        errorType: 'Runtime.UnhandledError',
        errorMessage: error instanceof Error ? error.message : String(error),
      };
    });
    this.#worker.on('exit', () => {
      this.#ended = true;
      this.#settle({ status: 'failed', ...crash });
      onEnd(this);
    });
  }

  get idle(): boolean {
    return this.#answer === undefined && !this.#ended;
  }

  async invoke(payload: string, timeoutSeconds: number): Promise<InvocationResult> {
    this.#calls = 0;
    const timeoutMs = timeoutSeconds * 1000;
    const answered = this.#next(timeoutMs, `timed out after ${timeoutSeconds} s`);
    const message: InvokeMessage = { requestId: randomUUID(), payload, timeoutMs };
    this.#worker.postMessage(message);
    return answered;
  }

  /** Counts the SDK calls of the current invocation: 1 for the first. */
  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  /** Ends the thread at once, as a crash or a timeout would. */
  async terminate(why: string): Promise<void> {
    this.#settle({ status: 'failed', errorType: 'Runtime.ExitError', errorMessage: why });
    this.#ended = true;
    await this.#worker.terminate();
  }

  #next(limitMs: number, whenOver: string): Promise<InvocationResult> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => void this.terminate(whenOver), limitMs);
      this.#answer = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
    });
  }

  #settle(result: InvocationResult): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(result);
  }
}

function asResult(message: WorkerMessage): InvocationResult {
  switch (message.kind) {
    case 'ready':
      return { status: 'succeeded', payload: 'null' };
    case 'result':
      return { status: 'succeeded', payload: message.payload, cpuMs: message.cpuMs };
    case 'not-loaded':
      return { status: 'failed', errorType: message.errorType, errorMessage: message.errorMessage };
    case 'failure': {
      const { errorType, errorMessage, cpuMs } = message;
      return { status: 'failed', errorType, errorMessage, cpuMs };
    }
  }
}
