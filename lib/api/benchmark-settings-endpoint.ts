import {
  type BenchmarkEntry,
  confidences,
  generalDomains,
  industryDomains,
  type OwnEntry,
  referenceKinds,
} from '../core/benchmark/industry/benchmark-entry.ts';
import {
  type DeclaredDomain,
  MOST_COMPETITOR_FIGURES,
  MOST_COMPETITORS,
  MOST_OWN_ENTRIES,
} from '../core/benchmark/industry/benchmark-settings.ts';
import type { EntryFault } from '../core/benchmark/industry/check-entry.ts';
import type { Competitor } from '../core/benchmark/industry/competitor.ts';
import { figureStatistics } from '../core/benchmark/industry/figure-statistic.ts';
import { kpiIds } from '../core/kpi/registry.ts';
import type { Endpoint } from './endpoint.ts';
import { type Field, idField, integerField, listOf, numberField, oneOf, removable, textField } from './field.ts';
import {
  type JsonSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  textSchema,
} from './json-schema.ts';
import { nextSchema, type Page, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import type { QueryValues } from './query-parameters.ts';
import { settingOf } from './record-fields.ts';

const MOST = 1e12;
const EARLIEST_YEAR = 1990;

const domain = oneOf(industryDomains);
const statistic = oneOf(figureStatistics);
const amount = numberField(-MOST, MOST);
const source = textField(300);
const url = textField(500);
const year = integerField(EARLIEST_YEAR, 2100);

const rangeField: Field<[number, number]> = {
  expects: 'a list of two numbers, the low and the high one',
  schema: { type: 'array', items: amount.schema, minItems: 2, maxItems: 2 },
  read: (raw, path) => {
    if (!Array.isArray(raw) || raw.length !== 2) return undefined;
    const [low, high] = raw.map((edge) => amount.read(edge, path));
    return low === undefined || high === undefined ? undefined : [low, high];
  },
};

/** What both an entry and a figure of a competitor are of; which of kpi and metric, and how they go together, is checked later. */
const ofWhat = { kpi: oneOf(kpiIds), metric: idField, url };

const changedBy = { updatedAt: momentSchema, updatedBy: textSchema };

const settingsSchema = objectSchema({
  domain: { ...nullable(domain.schema), description: `beside what holds for any system: ${generalDomains.join(', ')}` },
  updatedAt: nullable(momentSchema),
  updatedBy: nullable(textSchema),
});

const publishedProperties: Readonly<Record<string, JsonSchema>> = {
  ...{ average: numberSchema, median: numberSchema, topQuartile: numberSchema, bottomQuartile: numberSchema },
  ...{ range: rangeField.schema, value: numberSchema },
  grades: listSchema(objectSchema({ name: textSchema, edge: numberSchema })),
};

const entrySchema = objectSchema(
  {
    name: idField.schema,
    origin: { type: 'string', enum: ['catalogue', 'own'] },
    ...{ domain: domain.schema, population: textSchema, unit: textSchema },
    better: { type: 'string', enum: ['higher', 'lower'] },
    reference: oneOf(referenceKinds).schema,
    statistic: nullable(statistic.schema),
    ...{ year: { type: 'integer' }, source: textSchema, url: nullable(textSchema) },
    ...{ confidence: oneOf(confidences).schema, note: textSchema },
  },
  {
    ...{ kpi: ofWhat.kpi.schema, metric: idField.schema },
    notComparable: { ...textSchema, description: 'why it is compared with nothing; else there is kpi or metric' },
    ...publishedProperties,
    ...{ caveat: textSchema, updatedAt: momentSchema, updatedBy: textSchema },
  },
);

const competitorSchema = objectSchema({
  name: idField.schema,
  domain: nullable(domain.schema),
  figures: listSchema(
    objectSchema(
      {
        ...{ statistic: statistic.schema, unit: textSchema, value: numberSchema, year: { type: 'integer' } },
        ...{ source: textSchema, url: nullable(textSchema), note: textSchema },
      },
      { kpi: ofWhat.kpi.schema, metric: idField.schema },
    ),
  ),
  ...changedBy,
});

export const benchmarkSettingsEndpoint = {
  method: 'GET',
  path: '/v1/benchmarks/settings',
  scope: 'read',
  summary: 'What the system does, by which published figures are chosen that it is compared with',
  parameters: {},
  answer: settingsSchema,
} as const satisfies Endpoint;

export const declareDomainEndpoint = {
  method: 'PUT',
  path: '/v1/benchmarks/settings',
  scope: 'control',
  summary: 'Declares what the system does; null takes it back',
  parameters: {},
  body: { required: { domain: removable(domain) }, optional: {} },
  answer: settingsSchema,
} as const satisfies Endpoint;

export const benchmarkEntriesEndpoint = {
  method: 'GET',
  path: '/v1/benchmarks/entries',
  scope: 'read',
  summary: 'Published figures in order of their names: the catalogue, and own entries beside it or in its place',
  parameters: { domain, origin: oneOf(['catalogue', 'own']), ...pageParameters },
  answer: objectSchema({ entries: listSchema(entrySchema), next: nextSchema }),
} as const satisfies Endpoint;

export const setBenchmarkEntryEndpoint = {
  method: 'PUT',
  path: '/v1/benchmarks/entries/{name}',
  scope: 'control',
  summary: `Sets a published figure, beside the catalogue or in place of its entry of that name; at most ${MOST_OWN_ENTRIES} a system`,
  parameters: {},
  body: {
    required: {
      ...{ domain, population: textField(200), unit: textField(40), statistic },
      ...{ reference: oneOf(referenceKinds), year, source },
    },
    optional: {
      ...ofWhat,
      ...{ average: amount, median: amount, topQuartile: amount, bottomQuartile: amount, value: amount },
      range: rangeField,
      grades: listOf(settingOf({ required: { name: textField(60), edge: amount }, optional: {} }), 10),
      ...{ better: oneOf(['higher', 'lower']), confidence: oneOf(confidences) },
      ...{ note: textField(1_000), caveat: textField(300) },
    },
  },
  answer: entrySchema,
} as const satisfies Endpoint;

export const deleteBenchmarkEntryEndpoint = {
  method: 'DELETE',
  path: '/v1/benchmarks/entries/{name}',
  scope: 'control',
  summary:
    'Deletes an own entry, and answers what it was; the entry of the catalogue that it took the place of is back',
  parameters: {},
  answer: entrySchema,
} as const satisfies Endpoint;

export const competitorsEndpoint = {
  method: 'GET',
  path: '/v1/benchmarks/competitors',
  scope: 'read',
  summary: 'What is known of others who do the same, in order of their names',
  parameters: {},
  answer: objectSchema({ competitors: listSchema(competitorSchema) }),
} as const satisfies Endpoint;

export const setCompetitorEndpoint = {
  method: 'PUT',
  path: '/v1/benchmarks/competitors/{name}',
  scope: 'control',
  summary: `Sets the profile of somebody to be compared with, in place of the one of that name; at most ${MOST_COMPETITORS} a system`,
  parameters: {},
  body: {
    required: {
      figures: listOf(
        settingOf({
          required: { statistic, unit: textField(40), value: amount, year, source },
          optional: { ...ofWhat, note: textField(500) },
        }),
        MOST_COMPETITOR_FIGURES,
      ),
    },
    optional: { domain },
  },
  answer: competitorSchema,
} as const satisfies Endpoint;

export const deleteCompetitorEndpoint = {
  method: 'DELETE',
  path: '/v1/benchmarks/competitors/{name}',
  scope: 'control',
  summary: 'Deletes the profile of a competitor, and answers what it was',
  parameters: {},
  answer: competitorSchema,
} as const satisfies Endpoint;

export function benchmarkSettingsAnswer(declared: DeclaredDomain | null): Record<string, unknown> {
  if (!declared) return { domain: null, updatedAt: null, updatedBy: null };
  const { domain, updatedAtMs, updatedBy } = declared;
  return { domain, updatedAt: new Date(updatedAtMs).toISOString(), updatedBy };
}

export function benchmarkEntriesPage(
  entries: readonly (BenchmarkEntry | OwnEntry)[],
  { domain, origin, limit, cursor }: QueryValues<typeof benchmarkEntriesEndpoint.parameters>,
): Record<string, unknown> {
  const wanted = entries
    .filter((entry) => (domain ?? entry.domain) === entry.domain && (origin ?? originOf(entry)) === originOf(entry))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { items, next }: Page<BenchmarkEntry> = pageOf(wanted, ({ name }) => name, { after: cursor, limit });
  return { entries: items.map(benchmarkEntryAnswer), next };
}

function originOf(entry: BenchmarkEntry | OwnEntry): 'catalogue' | 'own' {
  return 'updatedAtMs' in entry ? 'own' : 'catalogue';
}

export function benchmarkEntryAnswer(entry: BenchmarkEntry | OwnEntry): Record<string, unknown> {
  const { name, comparesWith, values, edition: _, ...facts } = entry;
  const { updatedAtMs, ...rest } = { updatedAtMs: undefined, ...facts };
  return {
    ...{ name, origin: originOf(entry), ...comparesWith, ...rest, ...values },
    ...(updatedAtMs === undefined ? {} : { updatedAt: new Date(updatedAtMs).toISOString() }),
  };
}

export function competitorAnswer({ updatedAtMs, ...competitor }: Competitor): Record<string, unknown> {
  return { ...competitor, updatedAt: new Date(updatedAtMs).toISOString() };
}

/** The problem of an entry or profile that can be compared with nothing: each fault with its field. */
export function wrongBenchmark(faults: readonly EntryFault[]): Problem {
  return new Problem(422, faults.map(({ message }) => message).join('; '), {
    errors: faults.map(({ path, message }) => ({ path, code: 'inconsistent_fields', message })),
  });
}

export function fullOfBenchmarks(what: 'own entries' | 'competitors', most: number): Problem {
  return new Problem(409, `the system has ${most} ${what}, and can have no more: delete one first`);
}

export function unknownBenchmarkEntry(name: string): Problem {
  const all = 'GET /v1/benchmarks/entries?origin=own lists them; those of the catalogue cannot be deleted';
  return new Problem(404, `there is no own entry ${name}: ${all}`);
}

export function unknownCompetitor(name: string): Problem {
  return new Problem(404, `there is no competitor ${name}: GET /v1/benchmarks/competitors lists them`);
}
