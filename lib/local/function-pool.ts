import type { DeployedFunction } from './deployment.ts';
import { FunctionWorker, type InvocationResult } from './function-worker.ts';

/** Largest request and answer of a synchronous invocation (6 MB, as AWS counts it). */
export const SYNCHRONOUS_PAYLOAD_LIMIT = 6_291_556;

/** An invocation that waited this long gets a worker of its own, so that long polls do not starve the others. */
const SCALE_OUT_AFTER_MS = 500;

export interface FunctionPoolOptions {
  /** Workers that are started as soon as they are needed, and the most there may ever be. */
  workers: { readily: number; atMost: number };
  sharedClock: SharedArrayBuffer;
  environmentOf: (deployed: DeployedFunction, accessKeyId: string) => Record<string, string>;
  log: (deployed: DeployedFunction, chunk: Buffer) => void;
  onFailure: (deployed: DeployedFunction, errorType: string, errorMessage: string) => void;
  onEnd?: ((deployed: DeployedFunction, cpuMs: number | undefined) => void) | undefined;
}

interface Waiting {
  payload: string;
  resolve: (result: InvocationResult) => void;
  scaleOut: NodeJS.Timeout;
}

/** A deployed function with its execution environments, which are started on demand and kept warm. */
export class FunctionPool {
  readonly deployed: DeployedFunction;
  readonly #options: FunctionPoolOptions;
  readonly #workers = new Set<FunctionWorker>();
  readonly #loading = new Set<FunctionWorker>();
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

  async invoke(payload: string): Promise<InvocationResult> {
    const result = await new Promise<InvocationResult>((resolve) => {
      const scaleOut = setTimeout(() => this.#dispatch(this.#options.workers.atMost), SCALE_OUT_AFTER_MS);
      this.#waiting.push({ payload, resolve, scaleOut });
      this.#dispatch(this.#options.workers.readily);
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
    for (const { resolve, scaleOut } of this.#waiting) {
      clearTimeout(scaleOut);
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
  }

  async #carryOut(worker: FunctionWorker): Promise<void> {
    const next = this.#waiting.shift();
    if (!next) return;
    clearTimeout(next.scaleOut);
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
    clearTimeout(next.scaleOut);
    next.resolve(result);
    this.#dispatch(this.#options.workers.readily);
  }
}
