import { checked, type Field } from '../api/field.ts';
import type { JsonSchema } from '../api/json-schema.ts';
import { Problem } from '../api/problem.ts';
import { recordSchema } from '../api/record-fields.ts';
import type { queryEndpoints } from '../api/registry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { PageLinks } from './page-links.ts';

/** An endpoint of the HTTP API that functions/query.ts answers, by its operation id. */
export type Operation = keyof typeof queryEndpoints;

/** What is sent to an endpoint: ids of its path, query parameters as text, a body of JSON. */
export interface EndpointRequest {
  ids?: Readonly<Record<string, string>>;
  parameters?: Readonly<Record<string, string | undefined>>;
  body?: Readonly<Record<string, unknown>>;
}

/**
 * Asks an endpoint in the name of whoever calls the tool: key, parameters and body are checked as for any request.
 * @throws Problem as the endpoint answers it
 */
export type Ask = <Answer>(operation: Operation, request?: EndpointRequest) => Promise<Answer>;

/** What a tool has to work with in one call. */
export interface ToolCall {
  ask: Ask;
  nowMs: EpochMs;
  links: PageLinks;
  /** What is said of a failure that is no Problem; the log says what it was. */
  problemOf: (error: unknown) => Problem;
}

/** What a tool answers: the same facts for machines, by its schema, and in a few lines for models and people. */
export interface ToolAnswer {
  facts: Readonly<Record<string, unknown>>;
  lines: readonly string[];
}

export interface Argument {
  /** What it may be. Numbers and truth values count as their text, as in a query. */
  field: Field<unknown>;
  /** For whoever fills it in. */
  about: string;
}

export type Arguments = Readonly<Record<string, Argument>>;

/** Arguments that were found to be good, as text. */
export type Given<Needs extends Arguments, Takes extends Arguments> = Readonly<
  { [Name in keyof Needs]: string } & { [Name in keyof Takes]?: string }
>;

/** One tool of the MCP server. It stands for endpoints of the HTTP API, and knows nothing that these do not answer. */
export interface Tool<Needs extends Arguments = Arguments, Takes extends Arguments = Arguments> {
  /** What it is called by, in snake case. */
  name: string;
  title: string;
  /** When to use it, and what comes back. */
  about: string;
  /** The endpoints that it asks whatever its arguments are: a key sees it when it may ask them all. */
  asks: readonly Operation[];
  /** Those that it asks beside them, or instead, by its arguments. */
  mayAsk?: readonly Operation[];
  /** `adds` changes nothing that is there; `withholds` keeps something from people, and is worth a second look. */
  effect: 'reads' | 'adds' | 'withholds';
  needs: Needs;
  takes: Takes;
  /** Schema of the facts. */
  answer: JsonSchema;
  run(call: ToolCall, given: Given<Needs, Takes>): Promise<ToolAnswer>;
}

/** Says what a tool is, so that what it runs knows its arguments by name. */
export function declareTool<const Needs extends Arguments, const Takes extends Arguments>(
  tool: Tool<Needs, Takes>,
): Tool {
  return tool as unknown as Tool;
}

/** JSON Schema of the arguments of a tool. */
export function argumentsSchema({ needs, takes }: Pick<Tool, 'needs' | 'takes'>): Record<string, unknown> {
  const told = (them: Arguments) =>
    Object.fromEntries(
      Object.entries(them).map(([name, { field, about }]) => [
        name,
        { ...field, schema: { ...field.schema, description: about } },
      ]),
    );
  return recordSchema({ required: told(needs), optional: told(takes) }, { additionalProperties: false });
}

/**
 * The arguments of a call; null counts as not given, because models fill in every field that they see.
 * @throws Problem 400 for one that is unknown, and for the first that is missing
 * @throws InvalidField for the first that is wrong, naming it and what it may be
 */
export function readArguments(
  { name: tool, needs, takes }: Pick<Tool, 'name' | 'needs' | 'takes'>,
  raw: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const known: Arguments = { ...needs, ...takes };
  const names = Object.keys(known).join(', ') || 'none';
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    const argument = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!argument) throw new Problem(400, `${tool} has no argument ${name}: use ${names}`);
    if (value === null || value === undefined) continue;
    if (!waysToRead(value).some((way) => argument.field.read(way, name) !== undefined)) {
      checked(value, argument.field, name);
    }
    given[name] = String(value);
  }
  const missing = Object.keys(needs).find((name) => given[name] === undefined);
  if (missing !== undefined) {
    throw new Problem(400, `${tool} needs the argument ${missing}: ${needs[missing]?.about}`);
  }
  return given;
}

/** Fields of queries read text, those of bodies numbers: either way of writing is meant well. */
function waysToRead(value: unknown): unknown[] {
  if (typeof value === 'string') return [value, ...(/^\d+(\.\d+)?$/.test(value) ? [Number(value)] : [])];
  return typeof value === 'number' || typeof value === 'boolean' ? [value, String(value)] : [value];
}
