import type { JsonObject } from './json.ts';

/** An AWS call of a function that was carried out, by what AWS would bill it. */
export interface MeteredCall {
  functionName: string;
  service: string;
  operation: string;
  request: JsonObject;
  /** Below 400 where it did what it was asked to. */
  status: number;
  /** What DynamoDB says it took, as units of reading or of writing; 0 for what it refused, and for other services. */
  capacityUnits: number;
}

/** An invocation that has ended, well or not. */
export interface MeteredInvocation {
  functionName: string;
  /** Of the thread that ran it, on this machine; undefined where the thread did not live to tell. */
  cpuMs: number | undefined;
}

/** Is told what AWS would count to bill it. */
export interface Meter {
  callBegins: (functionName: string) => void;
  callEnded: (call: MeteredCall) => void;
  invocationEnded: (invocation: MeteredInvocation) => void;
}
