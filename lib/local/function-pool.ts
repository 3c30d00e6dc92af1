import { availableParallelism } from 'node:os';
import type { EventLoopUtilization } from 'node:perf_hooks';
import type { DeployedFunction } from './deployment.ts';
import { FunctionWorker, type InvocationResult } from './function-worker.ts';

/** Largest request and answer of a synchronous invocation (6 MB, as AWS counts it). */
export const SYNCHRONOUS_PAYLOAD_LIMIT = 6_291_556;

/**
 * An invocation that waited this long gets a worker of its own, so that long polls do not starve the others. Not where the
 * workers that there are compute so much of the time: they share the processors, and another one would only take from them.
 */
const SCALE_OUT_AFTER_MS = 500;
const BUSY_SHARE_OF_PROCESSORS = 0.5;

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
  sinceMs: number;
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
  readonly #looked = new WeakMap<FunctionWorker, EventLoopUtilization>();
  #waiting: Waiting[] = [];
  #underWay = 0;
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
    return this.#underWay >= this.#options.concurrency;
  }

  async invoke(payload: string): Promise<InvocationResult> {
    this.#underWay += 1;
    const result = await new Promise<InvocationResult>((resolve) => {
      this.#waiting.push({ payload, resolve, sinceMs: performance.now() });
      this.#dispatch(this.#options.workers.readily);
    });
    this.#underWay -= 1;
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

  #dispatch(workersAllowed: number): void {
    if (this.#closed) return;
    for (const worker of this.#workers) {
      if (this.#waiting.length === 0) return;
      if (worker.idle && !this.#loading.has(worker)) void this.#carryOut(worker);
    }
    if (this.#waiting.length > this.#loading.size && this.#workers.size < workersAllowed) this.#startWorker();
    if (this.#waiting.length > 0 && this.#watch === undefined) this.#watchWaiting();
  }

  #watchWaiting(): void {
    this.#computingSinceLast();
    this.#watch = setInterval(() => {
      const computing = this.#computingSinceLast();
      if (this.#waiting.length > 0) this.#scaleOut(computing);
      else {
        clearInterval(this.#watch);
        this.#watch = undefined;
      }
    }, SCALE_OUT_AFTER_MS);
  }

  #scaleOut(computing: number): void {
    const longSinceMs = performance.now() - SCALE_OUT_AFTER_MS;
    const wanted = this.#waiting.filter(({ sinceMs }) => sinceMs <= longSinceMs).length - this.#loading.size;
    const ofProcessors = BUSY_SHARE_OF_PROCESSORS * availableParallelism() - computing;
    // Each of them would compute as much as those there are: nothing, where all of them wait.
    const useful = computing > 0 ? (ofProcessors * this.#workers.size) / computing : wanted;
    for (let i = 0; i < Math.min(wanted, useful); i++) this.#dispatch(this.#options.workers.atMost);
  }

  /** Of all workers together, since it was last asked: 2 where two computed all the time and the others waited. */
  #computingSinceLast(): number {
    let computing = 0;
    for (const worker of this.#workers) {
      const before = this.#looked.get(worker);
      const now = worker.eventLoopUtilization();
      this.#looked.set(worker, now);
      if (before) computing += worker.eventLoopUtilization(now, before).utilization;
    }
    return computing;
  }

  async #carryOut(worker: FunctionWorker): Promise<void> {
    const next = this.#waiting.shift();
    if (!next) return;
    const result = await worker.invoke(next.payload, this.deployed.timeoutSeconds);
    this.#options.onEnd?.(this.deployed, result.cpuMs);
    next.resolve(result);
    this.#dispatch(this.#options.workers.readily);
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
        this.#dispatch(this.#options.workers.readily);
      },
    );
    this.#workers.add(worker);
    this.#loading.add(worker);
    void worker.loaded.then((result) => {
      this.#loading.delete(worker);
      if (result.status === 'failed') this.#failToLoad(worker, result);
      else this.#dispatch(this.#options.workers.readily);
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
    this.#dispatch(this.#options.workers.readily);
  }
}
