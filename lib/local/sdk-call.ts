import type { JsonObject } from './json.ts';

/** A call of the AWS SDK by a function, before it is carried out. */
export interface SdkCall {
  functionName: string;
  service: string;
  operation: string;
  /** 1 for the first call of the invocation that makes it; a retry of the SDK counts again. */
  sequence: number;
  request: JsonObject;
}

/**
 * What may be made to go wrong: the function dies before or after the call takes effect, the service throttles, or
 * it answers 500 before or after the call takes effect.
 */
export type Fault = 'kill-before' | 'kill-after' | 'throttle' | 'fail-before' | 'fail-after';

/** Sees a call before it is carried out, and may keep it waiting. @returns what goes wrong with it, if anything does */
export type Intercept = (call: SdkCall) => Fault | undefined | Promise<Fault | undefined>;
