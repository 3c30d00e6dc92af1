import type * as z from 'zod';
import { contradictionsOf } from './contradictions.ts';
import type { Scenario, ServiceSpec, TaskTypeSpec, WorkflowSpec } from './scenario.ts';
import { scenarioSchema } from './scenario-schema.ts';

/** A scenario, or all that is wrong with it: each the path of a field, what it must be, and what it is. */
export type ReadScenario = { status: 'read'; scenario: Scenario } | { status: 'invalid'; problems: string[] };

type Given = z.output<typeof scenarioSchema>;

/**
 * Reads a scenario as it is written in a file (scenario-schema.ts), with defaults filled in.
 * @param raw parsed JSON
 */
export function readScenario(raw: unknown): ReadScenario {
  const parsed = scenarioSchema.safeParse(raw);
  if (!parsed.success) {
    return { status: 'invalid', problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, raw)) };
  }
  const scenario = complete(parsed.data);
  const problems = contradictionsOf(scenario);
  return problems.length > 0 ? { status: 'invalid', problems } : { status: 'read', scenario };
}

function complete({ start, pools, taskTypes: givenTypes, workflows, ...given }: Given): Scenario {
  const taskTypes = givenTypes.map(({ service, slaS, timeoutS, ...type }): TaskTypeSpec => {
    const limitS = slaS ?? 5 * service.meanS;
    return { ...type, service: completeService(service), slaS: limitS, timeoutS: timeoutS ?? 2 * limitS };
  });
  const limitOf = new Map(taskTypes.map(({ taskType, slaS }) => [taskType, slaS]));
  const single = taskTypes.map(({ taskType }) => ({ workflowType: taskType, weight: 1, steps: [stepOf(taskType)] }));
  return {
    ...given,
    startMs: Date.parse(start),
    pools: pools.map(({ min, max, ...pool }) => ({ ...pool, min: min ?? 1, max: max ?? 2 * pool.agents })),
    taskTypes,
    workflows: (workflows ?? single).map(
      ({ slaS, steps, ...workflow }: NonNullable<Given['workflows']>[number]): WorkflowSpec => ({
        ...workflow,
        slaS: slaS ?? steps.reduce((sum, { taskType }) => sum + (limitOf.get(taskType) ?? 0), 0),
        steps: steps.map((step) => ({ ...step, step: step.step ?? step.taskType })),
      }),
    ),
  };
}

function stepOf(taskType: string) {
  return { taskType, after: [], repeatShare: 0 };
}

function completeService({ kind, meanS, cv }: Given['taskTypes'][number]['service']): ServiceSpec {
  return kind === 'lognormal' ? { kind, meanS, cv: cv ?? 1 } : { kind, meanS };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, raw: unknown): string[] {
  const path = pathOf(issue.path);
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], raw);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: there is no such field; leave it out`);
  }
  if (issue.code === 'invalid_union' && issue.errors.length === 0) {
    const at = pathOf(issue.path);
    const options = 'options' in issue && Array.isArray(issue.options) ? `one of ${issue.options.join(', ')}` : 'known';
    return [
      value === undefined
        ? `${at} is required: it must be ${options}`
        : `${at} must be ${options}; got ${shown(value)}`,
    ];
  }
  if (issue.code === 'invalid_union') {
    return [`${path} must be {agents}, {pool, count}, {pool, share} or {pool, zone}; got ${shown(value)}`];
  }
  const expected = expectationOf(issue);
  return [
    value === undefined
      ? `${path} is required: it must be ${expected}`
      : `${path} must be ${expected}; got ${shown(value)}`,
  ];
}

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return expectedTypes[issue.expected] ?? issue.expected;
    case 'too_small':
      if (issue.origin === 'array') return `a list of ${issue.minimum} or more`;
      if (issue.origin === 'string') return `text of ${issue.minimum} characters or more`;
      return issue.inclusive ? `${issue.minimum} or more` : `above ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `a list of ${issue.maximum} at most`;
      if (issue.origin === 'string') return `text of ${issue.maximum} characters at most`;
      return issue.inclusive ? `${issue.maximum} or less` : `below ${issue.maximum}`;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'datetime'
        ? 'an ISO time in UTC such as 2026-06-03T08:00:00Z'
        : '1 to 48 characters of A-Z a-z 0-9 . _ -';
    default:
      return issue.message;
  }
}

const expectedTypes: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two',
  object: 'an object',
};

/** As in faults[2].targets.pool; the whole scenario has no path. */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the scenario' : text.replace(/^\./, '');
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
