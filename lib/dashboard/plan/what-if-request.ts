import type { FieldError } from '../answers.ts';

/** What is typed into the form, as it is typed. */
export interface Draft {
  factor: string;
  budgetUsdPerHour: string;
  servedShare: string;
  /** Whether pools may lend work to each other; empty leaves it as it is in force. */
  lending: '' | 'yes' | 'no';
  maxLentShare: string;
  pools: Readonly<Record<string, Readonly<Partial<Record<PoolField, string>>>>>;
  /** By task type. */
  workload: Readonly<Record<string, string>>;
}

export const poolFields = ['agents', 'min', 'max'] as const;
export type PoolField = (typeof poolFields)[number];

export const emptyDraft: Draft = {
  factor: '',
  budgetUsdPerHour: '',
  servedShare: '',
  lending: '',
  maxLentShare: '',
  pools: {},
  workload: {},
};

type Json = { [key: string]: unknown };

/** A number where it is one; anything else goes to the server as it is, which says what it expects. */
function typed(text: string): number | string {
  const number = Number(text.trim().replace(',', '.'));
  return Number.isNaN(number) ? text : number;
}

/** The body that a draft asks with: only what was typed. */
export function bodyOf(draft: Draft): Json {
  const { factor, budgetUsdPerHour, servedShare, lending, maxLentShare } = draft;
  const filled = (fields: Readonly<Record<string, string | undefined>>): Json =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, text]) =>
        text === undefined || text.trim() === '' ? [] : [[name, typed(text)]],
      ),
    );
  const pools = Object.fromEntries(
    Object.entries(draft.pools).flatMap(([pool, fields]) => {
      const its = filled(fields);
      return Object.keys(its).length === 0 ? [] : [[pool, its]];
    }),
  );
  const parts: Json = {
    pools,
    workload: filled(draft.workload),
    resilience: filled({ servedShare }),
    pooling: { ...(lending === '' ? {} : { allowed: lending === 'yes' }), ...filled({ maxLentShare }) },
  };
  return {
    ...filled({ factor, budgetUsdPerHour }),
    ...Object.fromEntries(Object.entries(parts).filter(([, its]) => Object.keys(its as Json).length > 0)),
  };
}

/** The draft that asks with a body; what a form does not have is left out. */
export function draftOf(body: Json): Draft {
  const text = (value: unknown) => (typeof value === 'number' || typeof value === 'string' ? String(value) : '');
  const texts = (value: unknown): Record<string, string> =>
    isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, its]) => [name, text(its)])) : {};
  const { resilience, pooling, pools } = body;
  const allowed = isObject(pooling) ? pooling['allowed'] : undefined;
  return {
    factor: text(body['factor']),
    budgetUsdPerHour: text(body['budgetUsdPerHour']),
    servedShare: texts(resilience)['servedShare'] ?? '',
    lending: allowed === true ? 'yes' : allowed === false ? 'no' : '',
    maxLentShare: texts(pooling)['maxLentShare'] ?? '',
    pools: isObject(pools) ? Object.fromEntries(Object.entries(pools).map(([pool, its]) => [pool, texts(its)])) : {},
    workload: texts(body['workload']),
  };
}

/** What the address says was asked; null for nothing, and for what is no question. */
export function askedBody(what: string | null): Json | null {
  if (what === null) return null;
  try {
    const body: unknown = JSON.parse(what);
    return isObject(body) ? body : null;
  } catch {
    return null;
  }
}

/** What the server says about a field and what is in it, and what belongs to none that the form has. */
export function errorsByField(
  errors: readonly FieldError[],
  fields: readonly string[],
): { of: ReadonlyMap<string, string>; rest: readonly FieldError[] } {
  const of = new Map<string, string>();
  const rest: FieldError[] = [];
  for (const error of errors) {
    const place =
      fields.find((field) => field === error.path) ??
      // `pooling` as a whole is beside its first field.
      fields.find((field) => field.startsWith(`${error.path}.`));
    if (place === undefined) rest.push(error);
    else of.set(place, of.has(place) ? `${of.get(place)}; ${error.message}` : error.message);
  }
  return { of, rest };
}

/** What is asked, in words: `load × 1.5, at most $60.0 an hour, conv at most 12 agents`. */
export function questionWords(body: Json): string {
  const { factor, budgetUsdPerHour, resilience, pooling, pools, workload } = body;
  const poolWords: Readonly<Record<PoolField, string>> = { agents: 'exactly', min: 'at least', max: 'at most' };
  return [
    ...(factor === undefined ? [] : [`load × ${factor}`]),
    ...(budgetUsdPerHour === undefined ? [] : [`at most $${budgetUsdPerHour} an hour`]),
    ...entriesOf(pools).flatMap(([pool, its]) =>
      poolFields.flatMap((field) => {
        const count = isObject(its) ? its[field] : undefined;
        return count === undefined ? [] : [`pool ${pool} ${poolWords[field]} ${count} agents`];
      }),
    ),
    ...entriesOf(workload).map(([taskType, perMin]) => `${perMin} tasks a minute of ${taskType}`),
    ...entriesOf(resilience).map(([, share]) => `${share} of the work served without any one failure domain`),
    ...entriesOf(pooling).map(([name, value]) =>
      name === 'allowed' ? `lending ${value ? 'allowed' : 'not allowed'}` : `at most ${value} of a pool lent`,
    ),
  ].join(', ');
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
