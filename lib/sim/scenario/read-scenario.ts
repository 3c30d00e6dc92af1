import type * as z from 'zod';
import { checkScenario, type Entry, type ScenarioParts } from './check-scenario.ts';
import { completeScenario } from './complete-scenario.ts';
import { readDocument, withoutUnknown } from './read-document.ts';
import type { Scenario } from './scenario.ts';
import {
  businessMetricDocument,
  faultDocument,
  poolDocument,
  scenarioDocument,
  taskTypeDocument,
  workflowDocument,
} from './scenario-document.ts';
import { ScenarioError, type ScenarioProblem } from './scenario-error.ts';

export interface ReadScenario {
  scenario: Scenario;
  /** Those that the file says it is to be run with; null where it does not. */
  seeds: readonly number[] | null;
}

/**
 * Reads a scenario as it is written (docs/simulate.md), with defaults for what it leaves out.
 * @param input JSON text, or what it stands for
 * @throws ScenarioError with everything that is wrong: fields, values, and what does not fit together
 */
export function readScenario(input: unknown): ReadScenario {
  const raw = typeof input === 'string' ? parseJson(input) : input;
  const read = readDocument(scenarioDocument, raw);
  const known = read.status === 'read' ? raw : withoutUnknown(raw, read.unknown);
  const problems = [...read.problems, ...checkScenario(wellFormedParts(known))];
  if (read.status === 'invalid' || problems.length > 0) throw new ScenarioError(inOrder(problems));
  return { scenario: completeScenario(read.document), seeds: read.document.seeds ?? null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new ScenarioError([{ path: '', message }]);
  }
}

function wellFormedParts(raw: unknown): ScenarioParts {
  const given = isRecord(raw) ? raw : {};
  const { shape } = scenarioDocument;
  return {
    minutes: wellFormed(shape.minutes, given['minutes']),
    warmUpMinutes: wellFormed(shape.warmUpMinutes, given['warmUpMinutes']) ?? 0,
    poolNames: namesIn(given['pools'], 'pool'),
    taskTypeNames: namesIn(given['taskTypes'], 'taskType'),
    pools: entriesOf(poolDocument, given['pools']),
    taskTypes: entriesOf(taskTypeDocument, given['taskTypes']),
    workflows: given['workflows'] === undefined ? undefined : entriesOf(workflowDocument, given['workflows']),
    arrivals: wellFormed(shape.arrivals, given['arrivals']),
    businessMetrics: entriesOf(businessMetricDocument, given['businessMetrics']),
    faults: entriesOf(faultDocument, given['faults']),
  };
}

function entriesOf<Document>(schema: z.ZodType<Document>, list: unknown): Entry<Document>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((it: unknown, index) => {
    const document = wellFormed(schema, it);
    return document === undefined ? [] : [{ index, document }];
  });
}

function wellFormed<Document>(schema: z.ZodType<Document>, raw: unknown): Document | undefined {
  const parsed = schema.safeParse(raw);
  return parsed.success ? parsed.data : undefined;
}

/** One for each entry; empty where it has none. */
function namesIn(list: unknown, field: string): string[] {
  if (!Array.isArray(list)) return [];
  return list.map((it: unknown) => (isRecord(it) && typeof it[field] === 'string' ? it[field] : ''));
}

const order = [
  ...['', 'name', 'start', 'minutes', 'pools', 'taskTypes', 'workflows', 'arrivals', 'telemetry', 'businessMetrics'],
  'faults',
];

/** As the fields come in the documentation, so that problems of one entry stand together. */
function inOrder(problems: readonly ScenarioProblem[]): ScenarioProblem[] {
  const place = ({ path }: ScenarioProblem) => {
    const [field = '', index = '-1'] = path.split(/[.[\]]/, 2);
    const at = order.indexOf(field);
    return { field: at < 0 ? order.length : at, index: Number(index) || 0 };
  };
  return [...problems].sort((one, other) => {
    const [a, b] = [place(one), place(other)];
    return a.field - b.field || a.index - b.index;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
