/** What a function's worker thread is started with. */
export interface WorkerStart {
  entryFile: string;
  handlerExport: string;
  sharedClock: SharedArrayBuffer;
  functionName: string;
  functionArn: string;
  memoryMb: number;
}

export interface InvokeMessage {
  requestId: string;
  payload: string;
  timeoutMs: number;
}

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'not-loaded'; errorType: string; errorMessage: string }
  | { kind: 'result'; payload: string; cpuMs: number }
  | { kind: 'failure'; errorType: string; errorMessage: string; cpuMs: number };
