import type { Scope } from '../core/model/api-key.ts';
import type { Principal } from '../core/model/principal.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { JsonSchema } from './json-schema.ts';
import type { QueryValues } from './query-parameters.ts';
import type { Fields, RecordFields, RecordOf, ValueOf } from './record-fields.ts';

/**
 * One operation of the API, declared once: requests are routed and validated by it, and /openapi.json describes it.
 * Write it as `{...} as const satisfies Endpoint`, so that what answers it knows its path and its fields.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** OpenAPI template, such as /v1/directives/{id}/ack. What stands in braces is an id, and ids may contain slashes. */
  readonly path: `/${string}`;
  /** What the caller's key must allow; null where no key is needed. */
  readonly scope: Scope | null;
  /**
   * Says that keys restricted to pools are answered with what is of their pools: what answers must see to it. Without
   * it they are refused, because a new endpoint must not show them more by being forgotten.
   */
  readonly ofPools?: true;
  readonly summary: string;
  /** Query parameters. */
  readonly parameters: Fields;
  /** Names of those that must be given; the others may be left out. */
  readonly requiredParameters?: readonly string[];
  /** Fields of the JSON body; absent where nothing is sent. */
  readonly body?: RecordFields;
  /** Bodies that the endpoint reads by itself instead, by media type: not for JSON objects of declared fields. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
  /** Request headers that it reads by itself. */
  readonly headers?: Fields;
  /** Of the answer when all goes well; 200 unless said. */
  readonly status?: 200 | 201 | 202;
  /** What is promised of its body: answers may have more. */
  readonly answer: JsonSchema;
  /** Media types of its body where that is no JSON. */
  readonly answerTypes?: readonly string[];
  /** Fields of a GET's answer that only say how much time has passed: without news the client need not have them again. */
  readonly passing?: readonly string[];
  /** Other answers than that and problems, by status; those without a schema have no body. */
  readonly otherAnswers?: Readonly<Record<number, { readonly description: string; readonly schema?: JsonSchema }>>;
}

/** Operations by their id. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

/** A request to an endpoint, after the key, the parameters and the body were found to be good. */
export interface Asked<Of extends Endpoint> {
  /** Who is asking. */
  key: Of['scope'] extends null ? null : Principal;
  /** What the path names. */
  ids: { [Name in IdIn<Of['path']>]: string };
  parameters: QueryValues<Of['parameters']> & {
    [Name in RequiredIn<Of>]: ValueOf<Of['parameters'][Name]>;
  };
  body: Of extends { readonly body: infer Body extends RecordFields } ? RecordOf<Body> : undefined;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  nowMs: EpochMs;
}

type IdIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | IdIn<Rest> : never;

type RequiredIn<Of extends Endpoint> = Of extends {
  readonly requiredParameters: readonly (infer Name extends string)[];
}
  ? Name
  : never;
