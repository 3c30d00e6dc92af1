import type { DeployedFunction } from './deployment.ts';
import { FunctionWorker, type InvocationResult } from './function-worker.ts';

/** Largest request and answer of a synchronous invocation (6 MB, as AWS counts it). */
export const SYNCHRONOUS_PAYLOAD_LIMIT = 6_291_556;

/**
 * Invocations that take longer do not count among the workers that are started readily, so that long polls do not starve the others,
 * and many short ones at once get no more workers than processors can carry.
 */
const LONG_MS = 500;

export interface FunctionPoolOptions {
  /** Workers that are started as soon as they are needed, and the most there may ever be. */
  workers: { readily: number; atMost: number };
  /** Invocations under way or waiting, above which requests are refused. */
  concurrency: number;
  sharedClock: SharedArrayBuffer;
  environmentOf: (deployed: DeployedFunction, accessKeyId: string) => Record<string, string>;
  log: (deployed: DeployedFunction, chunk: Buffer) => void;
  onFailure: (deployed: DeployedFunction, errorType: string, errorMessage: string) => void;
  onEnd?: ((deployed: DeployedFunction, cpuMs: number | undefined) => void) | undefined;
}

interface Waiting {
  payload: string;
  resolve: (result: InvocationResult) => void;
}

/** A deployed function with its execution environments, which are started on demand and kept warm. */
export class FunctionPool {
  readonly deployed: DeployedFunction;
  readonly #options: FunctionPoolOptions;
  readonly #workers = new Set<FunctionWorker>();
  readonly #loading = new Set<FunctionWorker>();
  /** While somebody waits: looks whether more workers would help. */
  #watch: NodeJS.Timeout | undefined;
  readonly #busySinceMs = new Map<FunctionWorker, number>();
  #waiting: Waiting[] = [];
  #started = 0;
  #closed = false;

  constructor(deployed: DeployedFunction, options: FunctionPoolOptions) {
    this.deployed = deployed;
    this.#options = options;
  }

  /** Loads the bundle once, so that a broken one shows at the start and the first request is quick. */
  warmUp(): Promise<InvocationResult> {
    return this.#startWorker().loaded;
  }

  /** Whether Lambda would refuse a request now. What comes through a queue waits there instead. */
  get isThrottled(): boolean {
    return this.#waiting.length + this.#busySinceMs.size >= this.#options.concurrency;
  }

  async invoke(payload: string): Promise<InvocationResult> {
    const result = await new Promise<InvocationResult>((resolve) => {
      this.#waiting.push({ payload, resolve });
      this.#dispatch();
    });
    if (result.status === 'failed' && !this.#closed) {
      this.#options.onFailure(this.deployed, result.errorType, result.errorMessage);
    }
    return result;
  }

  workerWithKey(accessKeyId: string): FunctionWorker | undefined {
    return [...this.#workers].find((worker) => worker.accessKeyId === accessKeyId);
  }

  /** Ends every execution environment, as a crash would. */
  kill(): void {
    for (const worker of this.#workers) void worker.terminate('the function was killed');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const { resolve } of this.#waiting) {
      resolve({ status: 'failed', errorType: 'Closed', errorMessage: 'the local cloud was stopped' });
    }
    this.#waiting = [];
    await Promise.all([...this.#workers].map((worker) => worker.terminate('the local cloud was stopped')));
  }

  #dispatch(): void {
    if (this.#closed) return;
    for (const worker of this.#workers) {
      if (this.#waiting.length === 0) return;
      if (worker.idle && !this.#loading.has(worker)) void this.#carryOut(worker);
    }
    if (this.#waiting.length > this.#loading.size && this.#workers.size < this.#workersAllowed()) this.#startWorker();
    if (this.#waiting.length > 0 && this.#watch === undefined) this.#watchWaiting();
  }

  #watchWaiting(): void {
    this.#watch = setInterval(() => {
      let before: number;
      do {
        before = this.#workers.size;
        this.#dispatch();
      } while (this.#workers.size > before);
      if (this.#waiting.length > 0) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
    }, LONG_MS);
  }

  #workersAllowed(): number {
    const { readily, atMost } = this.#options.workers;
    const longSinceMs = performance.now() - LONG_MS;
    const long = [...this.#busySinceMs.values()].filter((sinceMs) => sinceMs <= longSinceMs).length;
    return Math.min(atMost, readily + long);
  }

  async #carryOut(worker: FunctionWorker): Promise<void> {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#busySinceMs.set(worker, performance.now());
    const result = await worker.invoke(next.payload, this.deployed.timeoutSeconds);
    this.#busySinceMs.delete(worker);
    this.#options.onEnd?.(this.deployed, result.cpuMs);
    next.resolve(result);
    this.#dispatch();
  }

  #startWorker(): FunctionWorker {
    const { deployed } = this;
    this.#started += 1;
    const accessKeyId = `${deployed.name}.${this.#started}`;
    const worker: FunctionWorker = new FunctionWorker(
      accessKeyId,
      {
        entryFile: deployed.entryFile,
        handlerExport: deployed.handlerExport,
        sharedClock: this.#options.sharedClock,
        functionName: deployed.name,
        functionArn: deployed.arn,
        memoryMb: deployed.memoryMb,
      },
      this.#options.environmentOf(deployed, accessKeyId),
      (chunk) => this.#options.log(deployed, chunk),
      (ended) => {
        this.#workers.delete(ended);
        this.#loading.delete(ended);
        this.#dispatch();
      },
    );
    this.#workers.add(worker);
    this.#loading.add(worker);
    void worker.loaded.then((result) => {
      this.#loading.delete(worker);
      if (result.status === 'failed') this.#failToLoad(worker, result);
      else this.#dispatch();
    });
    return worker;
  }

  /** The invocation that needed the worker fails, as on Lambda; the next one tries to load the bundle again. */
  #failToLoad(worker: FunctionWorker, result: InvocationResult): void {
    this.#workers.delete(worker);
    void worker.terminate('its bundle cannot be loaded');
    const next = this.#waiting.shift();
    if (!next) return;
    next.resolve(result);
    this.#dispatch();
  }
}
