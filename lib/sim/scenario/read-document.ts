import type * as z from 'zod';
import { explainIssue } from './explain-issue.ts';
import { nearestName } from './nearest-name.ts';
import { pathOf, type ScenarioProblem } from './scenario-error.ts';

export type DocumentRead<Document> =
  | { status: 'read'; document: Document; problems: readonly [] }
  | { status: 'invalid'; problems: readonly ScenarioProblem[]; unknown: readonly UnknownFields[] };

/** Fields that an object has and may not have. */
interface UnknownFields {
  path: readonly PropertyKey[];
  fields: readonly string[];
}

/** Reads against a schema, with every violation of it in words. */
export function readDocument<Document>(schema: z.ZodType<Document>, input: unknown): DocumentRead<Document> {
  const knownAt = new Map<string, readonly string[]>();
  const parsed = schema.safeParse(input, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') knownAt.set(pathOf(issue.path ?? []), fieldsOf(issue.inst));
      return undefined;
    },
  });
  if (parsed.success) return { status: 'read', document: parsed.data, problems: [] };
  const explain = (issue: z.core.$ZodIssue): ScenarioProblem[] =>
    explainIssue({ issue, input: valueAt(input, issue.path), known: knownAt.get(pathOf(issue.path)) ?? [] }, (union) =>
      explainUnion(union, valueAt(input, union.path), explain),
    );
  const { issues } = parsed.error;
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? [{ path: issue.path, fields: issue.keys }] : [],
  );
  return { status: 'invalid', problems: issues.flatMap(explain), unknown };
}

/** The same without unknown fields, so that what they stand beside can be checked all the same. */
export function withoutUnknown(input: unknown, unknown: readonly UnknownFields[]): unknown {
  const copy: unknown = structuredClone(input);
  for (const { path, fields } of unknown) {
    const at = valueAt(copy, path);
    if (typeof at !== 'object' || at === null) continue;
    for (const field of fields) delete (at as Record<string, unknown>)[field];
  }
  return copy;
}

/**
 * Of several forms the one that was written, where its fields are all there and only values are wrong; else what forms
 * there are. Only `targets` has forms without a kind.
 */
function explainUnion(
  { path, errors }: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  input: unknown,
  explain: (issue: z.core.$ZodIssue) => ScenarioProblem[],
): ScenarioProblem[] {
  const isOfForm = (issue: z.core.$ZodIssue) =>
    issue.code !== 'unrecognized_keys' && valueAt(input, issue.path) !== undefined;
  const written = errors.find((issues) => issues.length > 0 && issues.every(isOfForm));
  if (written) return written.flatMap((issue) => explain({ ...issue, path: [...path, ...issue.path] }));
  const forms = ['{agents: [...]}', '{pool, count}', '{pool, share}', '{pool, zone}'];
  const given = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const fields = ['agents', 'pool', 'count', 'share', 'zone'];
  const hints = given.flatMap((key) => {
    const near = fields.includes(key) ? undefined : nearestName(key, fields);
    return near === undefined ? [] : [`did you mean "${near}" by "${key}"?`];
  });
  const got = given.length === 0 ? '' : `; got {${given.join(', ')}}`;
  const message = `must be one of ${forms.join(', ')}${got}${hints.length > 0 ? ` (${hints.join(' ')})` : ''}`;
  return [{ path: pathOf(path), message: input === undefined ? `is required: it ${message}` : message }];
}

function fieldsOf(schema: unknown): readonly string[] {
  const { def } = (schema as { _zod?: { def: { shape?: object } } } | undefined)?._zod ?? {};
  return Object.keys(def?.shape ?? {}).filter((field) => !field.startsWith('$'));
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, input);
}
