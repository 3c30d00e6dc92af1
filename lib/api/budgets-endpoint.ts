import { severities } from '../core/alert/alert.ts';
import type { Kpi } from '../core/kpi/kpi.ts';
import { scopeName } from '../core/kpi/kpi-scope.ts';
import { budgetedKpiIds, kpiBudget, kpis } from '../core/kpi/registry.ts';
import { DAY_MINUTES, type Minute } from '../core/model/time.ts';
import { rulesOfBudget } from '../core/slo/assess-budget.ts';
import {
  type BudgetScope,
  type BudgetSettings,
  budgetScopeKinds,
  MAX_BUDGETS,
  type StoredBudget,
} from '../core/slo/budget.ts';
import type { BudgetReport } from '../core/slo/budget-report.ts';
import { MAX_PERIOD_MINUTES, MIN_PERIOD_MINUTES, periodMinutes, windowName } from '../core/slo/budget-window.ts';
import type { BurnRateRule } from '../core/slo/burn-rate-rules.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { type Field, idField, integerField, oneOf, textField } from './field.ts';
import { type JsonSchema, listSchema, momentSchema, nullable, objectSchema, textSchema } from './json-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { type FieldProblem, Problem } from './problem.ts';
import { momentField } from './query-parameters.ts';
import type { RecordOf } from './record-fields.ts';
import { scopeField } from './scope-field.ts';
import { windowAnswer } from './window.ts';

const MAX_LIMIT = 1e12;

const [, ...ownKinds] = budgetScopeKinds;
const budgetScope = scopeField(ownKinds, `fleet, ${ownKinds.map((kind) => `${kind}:ID`).join(', ')}`);

const objectiveField: Field<number> = {
  expects: 'a share between 0 and 1, neither included, such as 0.99',
  schema: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  read: (raw) => (typeof raw === 'number' && raw > 0 && raw < 1 ? raw : undefined),
};

const periodField: Field<string> = {
  expects: `hours or days from ${MIN_PERIOD_MINUTES / 60}h to ${MAX_PERIOD_MINUTES / DAY_MINUTES}d, such as 30d`,
  schema: { type: 'string', pattern: '^[1-9]\\d{0,3}[hd]$' },
  read: (raw) => (typeof raw === 'string' && periodMinutes(raw) !== null ? raw : undefined),
};

const limitField: Field<number> = {
  expects: `a number above 0, up to ${MAX_LIMIT}`,
  schema: { type: 'number', exclusiveMinimum: 0, maximum: MAX_LIMIT },
  read: (raw) => (typeof raw === 'number' && raw > 0 && raw <= MAX_LIMIT ? raw : undefined),
};

const settingsProperties = {
  name: idField.schema,
  kpi: oneOf(budgetedKpiIds).schema,
  scope: budgetScope.schema,
  objective: nullable(objectiveField.schema),
  period: periodField.schema,
  limit: nullable(limitField.schema),
  owner: nullable(textSchema),
  revision: integerField(1, Number.MAX_SAFE_INTEGER).schema,
  updatedAt: momentSchema,
  updatedBy: textSchema,
};

const budgetSchema: JsonSchema = {
  ...objectSchema(
    {
      ...settingsProperties,
      window: componentSchema('Window'),
      remaining: {
        ...componentSchema('KpiValue'),
        description: 'of a share, the part of the error budget that is left; of an amount, what is left of the limit',
      },
      burnRate: {
        type: 'object',
        additionalProperties: componentSchema('KpiValue'),
        description: 'by window; 1 spends the whole budget in one period',
      },
      exhaustsAt: nullable(momentSchema),
      alertRules: listSchema(
        objectSchema({
          severity: oneOf(severities).schema,
          long: textSchema,
          short: textSchema,
          burnRate: { type: 'number', minimum: 0 },
        }),
        {
          description:
            'when somebody is told, most severe first: when the burn rate is above this over both windows at once; a share that is bad enough over 10m and 3m is told sooner',
        },
      ),
    },
    { exhaustsReason: { ...textSchema, description: 'why exhaustsAt is null' } },
  ),
  if: objectSchema({ exhaustsAt: { type: 'null' } }),
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['exhaustsReason'] },
};

export const setBudgetEndpoint = {
  method: 'PUT',
  path: '/v1/budgets/{name}',
  scope: 'control',
  ofPools: true,
  summary: `Sets a budget, in place of the one of that name; at most ${MAX_BUDGETS} a system`,
  parameters: {},
  body: {
    required: { kpi: oneOf(budgetedKpiIds), scope: budgetScope, period: periodField },
    optional: {
      objective: objectiveField,
      limit: limitField,
      owner: textField(128),
      revision: integerField(0, Number.MAX_SAFE_INTEGER),
    },
  },
  answer: budgetSchema,
} as const satisfies Endpoint;

export const budgetEndpoint = {
  method: 'GET',
  path: '/v1/budgets/{name}',
  scope: 'read',
  ofPools: true,
  summary: 'A budget: what is left of it, how fast it is being spent over several windows, and until when it lasts',
  parameters: { at: momentField },
  answer: budgetSchema,
} as const satisfies Endpoint;

export const budgetsEndpoint = {
  method: 'GET',
  path: '/v1/budgets',
  scope: 'read',
  ofPools: true,
  summary: 'The budgets in order of their names, each as /v1/budgets/{name} gives it',
  parameters: { at: momentField, ...pageParameters },
  answer: objectSchema({ budgets: listSchema(budgetSchema), next: nextSchema }),
} as const satisfies Endpoint;

export const deleteBudgetEndpoint = {
  method: 'DELETE',
  path: '/v1/budgets/{name}',
  scope: 'control',
  ofPools: true,
  summary: 'Deletes a budget, and answers what it was',
  parameters: {},
  answer: objectSchema(settingsProperties),
} as const satisfies Endpoint;

/**
 * @param keptDays how long figures are kept
 * @throws Problem 422 for a scope, an objective or a limit that the KPI's budgets do not have, or that is missing; 400 for
 *   a period that is longer than figures are kept
 */
export function readBudgetRequest(
  { kpi, scope, period, objective, limit, owner, revision }: RecordOf<typeof setBudgetEndpoint.body>,
  keptDays: number,
): { settings: BudgetSettings; revision?: number } {
  const problems: FieldProblem[] = [];
  const wrong = (path: string, code: string, message: string) => problems.push({ path, code, message });
  const { of: counted, limitUnit, formula } = kpiBudget(kpi);
  const kinds = scopeKindsOf(kpis[kpi]);
  if (!kinds.includes(scope.kind)) {
    wrong('scope', 'inconsistent_fields', `${kpi} is not defined for ${scope.kind}: use ${kinds.join(', ')}`);
  }
  if (counted === 'share' && objective === undefined) {
    wrong('objective', 'missing_field', `objective is required for ${kpi}: it must be ${objectiveField.expects}`);
  }
  if (counted === 'amount' && objective !== undefined) {
    const message = `objective is not for ${kpi}, of which an amount is spent: leave it out, and say in limit how much`;
    wrong('objective', 'inconsistent_fields', message);
  }
  if (limitUnit !== undefined && limit === undefined) {
    const what = counted === 'amount' ? `how many ${limitUnit} may be spent in a period` : `in ${limitUnit}`;
    wrong('limit', 'missing_field', `limit is required for ${kpi}, ${what} (${formula})`);
  }
  if (limitUnit === undefined && limit !== undefined) {
    wrong('limit', 'inconsistent_fields', `limit is not for ${kpi} (${formula}): leave it out`);
  }
  if (problems.length > 0) {
    throw new Problem(422, problems.map(({ message }) => message).join('; '), { errors: problems });
  }
  if ((periodMinutes(period) ?? 0) > keptDays * DAY_MINUTES) {
    const message = `period must be at most ${keptDays}d, as long as figures are kept; got ${period}`;
    throw new Problem(400, message, { errors: [{ path: 'period', code: 'invalid_field', message }] });
  }
  return {
    settings: { kpi, scope, objective: objective ?? null, period, limit: limit ?? null, owner: owner ?? null },
    ...(revision === undefined ? {} : { revision }),
  };
}

/** A team is some pools. */
function scopeKindsOf({ scopes }: Kpi): BudgetScope['kind'][] {
  return budgetScopeKinds.filter((kind) => scopes.includes(kind === 'team' ? 'pool' : kind));
}

/** The problem of a key that is restricted to pools and wants to set a budget of more than these. */
export function budgetNotOfPools({ name, pools = [] }: { name: string; pools?: readonly string[] }): Problem {
  const message = `scope must be pool:ID or agent:ID of ${pools.join(', ')}, which "${name}" is restricted to: use a key without pools for others`;
  return new Problem(403, message, { errors: [{ path: 'scope', code: 'pool_not_allowed', message }] });
}

export function unknownBudget(name: string): Problem {
  return new Problem(404, `budget ${name} is not known: GET /v1/budgets lists them`);
}

export function budgetAnswer(
  { report, ...stored }: StoredBudget & { report: BudgetReport },
  to: Minute,
): Record<string, unknown> {
  const { remaining, burnRate, exhausts } = report;
  return {
    ...budgetSettingsAnswer(stored),
    window: windowAnswer({ from: to - (periodMinutes(stored.budget.period) ?? 0), to }),
    ...{ remaining, burnRate },
    alertRules: rulesOfBudget(stored.budget.kpi, periodMinutes(stored.budget.period) ?? 0).map(alertRuleAnswer),
    ...(exhausts.atMs === null
      ? { exhaustsAt: null, exhaustsReason: exhausts.reason }
      : { exhaustsAt: new Date(exhausts.atMs).toISOString() }),
  };
}

function alertRuleAnswer({ severity, longMinutes, shortMinutes, factor }: BurnRateRule): Record<string, unknown> {
  return { severity, long: windowName(longMinutes), short: windowName(shortMinutes), burnRate: factor };
}

export function budgetSettingsAnswer({
  revision,
  budget: { updatedAtMs, scope, ...settings },
}: StoredBudget): Record<string, unknown> {
  return { ...settings, scope: scopeName(scope), revision, updatedAt: new Date(updatedAtMs).toISOString() };
}

/** One page of budgets, in order of their names. */
export function budgetsPage(
  budgets: readonly StoredBudget[],
  { limit, cursor: after }: { limit: number | undefined; cursor: string | undefined },
): { items: StoredBudget[]; next: string | null } {
  return pageOf(budgets, ({ budget }) => budget.name, { after, limit });
}
