import { insightsOf } from '../core/knowledge/insights.ts';
import type { Knowledge } from '../core/knowledge/knowledge.ts';
import { MOST_NOTE_CHARACTERS, type Note, noteTextFault } from '../core/knowledge/note.ts';
import { searchKnowledge } from '../core/knowledge/search-knowledge.ts';
import { EVERYWHERE, type KnowledgeEntry } from '../core/learn/transfer.ts';
import type { EpochMs } from '../core/model/time.ts';
import { actionClassNames } from '../core/remediate/action-class.ts';
import { playbook } from '../core/remediate/playbook.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, integerField, listOf, numberField, oneOf, textField } from './field.ts';
import { countSchema, listSchema, momentSchema, objectSchema, shareSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import type { QueryValues } from './query-parameters.ts';
import { type RecordOf, recordOf } from './record-fields.ts';

const MOST_IMPORTED = 1_000;
const MOST_TRIALS = 1e9;
const faults = Object.keys(playbook);
const fault = oneOf(faults);
const action = oneOf(actionClassNames);
const noteKinds = ['note', 'best practice'] as const;
const noteKind = oneOf(noteKinds);

const entrySchema = objectSchema({
  fault: textSchema,
  action: action.schema,
  context: { ...textSchema, description: `"${EVERYWHERE}" for all pools together, or "pool:ID"` },
  ...{ trials: countSchema, helped: countSchema, harmed: countSchema, noEffect: countSchema },
  posterior: {
    ...objectSchema({ mean: shareSchema, low: shareSchema, high: shareSchema }),
    description: 'how likely the action helps next time, with a 90 % interval',
  },
});

const noteSchema = objectSchema(
  { id: textSchema, text: textSchema, kind: noteKind.schema, by: textSchema, at: momentSchema },
  { fault: textSchema, action: action.schema, pool: idField.schema },
);

export const knowledgeEndpoint = {
  method: 'GET',
  path: '/v1/knowledge',
  scope: 'read',
  summary:
    'What helped against what, how often and how surely, in figures and in words, and what people wrote down; q finds words, the best fit first',
  parameters: { q: textField(200), fault, action, pool: idField },
  answer: objectSchema({
    entries: listSchema(entrySchema),
    insights: listSchema(objectSchema({ fault: textSchema, context: textSchema, text: textSchema })),
    leftAlone: listSchema(
      objectSchema({
        ...{ fault: textSchema, trials: countSchema },
        ...{ better: countSchema, worse: countSchema, noChange: countSchema },
      }),
    ),
    notes: listSchema(noteSchema),
  }),
} as const satisfies Endpoint;

export const exportKnowledgeEndpoint = {
  method: 'GET',
  path: '/v1/knowledge/export',
  scope: 'read',
  summary: 'What the own trials of the system taught, for POST /v1/knowledge/import of another; not what was imported',
  parameters: {},
  answer: objectSchema({ system: textSchema, exportedAt: momentSchema, entries: listSchema(entrySchema) }),
} as const satisfies Endpoint;

const chance = numberField(0, 1);
const trials = integerField(0, MOST_TRIALS);

export const importKnowledgeEndpoint = {
  method: 'POST',
  path: '/v1/knowledge/import',
  scope: 'control',
  summary:
    'Takes what another system knows as a prior that is discounted, and given up as soon as own trials speak against it; it acts within a minute',
  parameters: {},
  body: {
    required: {
      entries: listOf(
        recordOf({
          required: {
            ...{ fault: idField, action, context: textField(140) },
            ...{ trials, helped: trials, harmed: trials, noEffect: trials },
            posterior: recordOf({ required: { mean: chance, low: chance, high: chance }, optional: {} }),
          },
          optional: {},
        }),
        MOST_IMPORTED,
      ),
    },
    optional: { by: textField(128) },
  },
  answer: objectSchema({
    id: textSchema,
    taken: { ...countSchema, description: 'entries that hold for a whole system' },
  }),
  status: 202,
} as const satisfies Endpoint;

export const createNoteEndpoint = {
  method: 'POST',
  path: '/v1/knowledge/notes',
  scope: 'control',
  summary:
    'Writes down what is worth knowing, of everything or of a fault, an action or a pool: alerts of those cite it',
  parameters: {},
  body: {
    required: { text: textField(MOST_NOTE_CHARACTERS) },
    optional: { kind: noteKind, fault, action, pool: idField, by: textField(128) },
  },
  answer: noteSchema,
  status: 201,
} as const satisfies Endpoint;

export const deleteNoteEndpoint = {
  method: 'DELETE',
  path: '/v1/knowledge/notes/{id}',
  scope: 'control',
  summary: 'Deletes a note; the audit log keeps what it said',
  parameters: {},
  answer: noteSchema,
} as const satisfies Endpoint;

export function knowledgeAnswer(
  knowledge: Knowledge,
  { q, ...filters }: QueryValues<typeof knowledgeEndpoint.parameters>,
): Record<string, unknown> {
  const { fault, action, pool } = filters;
  const found = searchKnowledge(knowledge, {
    ...(q === undefined ? {} : { words: q }),
    ...(fault === undefined ? {} : { fault }),
    ...(action === undefined ? {} : { action }),
    ...(pool === undefined ? {} : { pool }),
  });
  const entries = found.flatMap((it) => (it.kind === 'entry' ? [it.entry] : []));
  return {
    entries,
    insights: insightsOf(entries, knowledge.leftAlone),
    leftAlone: Object.entries(knowledge.leftAlone ?? {})
      .filter(([of]) => fault === undefined || of === fault)
      .map(([of, { trials, helped, harmed, noEffect }]) => ({
        ...{ fault: of, trials, better: helped, worse: harmed, noChange: noEffect },
      })),
    notes: found.flatMap((it) => (it.kind === 'note' ? [noteAnswer(it.note)] : [])),
  };
}

export function exportAnswer(
  system: string,
  entries: readonly KnowledgeEntry[],
  nowMs: EpochMs,
): Record<string, unknown> {
  return { system, exportedAt: new Date(nowMs).toISOString(), entries };
}

/** @throws Problem 422 for an entry whose counts do not add up, or whose interval does not contain its mean */
export function readImport({ entries }: RecordOf<typeof importKnowledgeEndpoint.body>): KnowledgeEntry[] {
  const errors = entries.flatMap(({ trials, helped, harmed, noEffect, posterior: { mean, low, high } }, i) => {
    const wrong = (path: string, message: string) => [
      { path: `entries[${i}].${path}`, code: 'inconsistent_fields', message: `entries[${i}].${path} ${message}` },
    ];
    if (helped + harmed + noEffect !== trials) return wrong('trials', 'must be helped + harmed + noEffect');
    return mean < low || mean > high ? wrong('posterior', 'must have low <= mean <= high') : [];
  });
  if (errors.length > 0) throw new Problem(422, errors[0]!.message, { errors });
  return entries;
}

/** @throws Problem 422 for a text that says nothing */
export function readNote(
  body: RecordOf<typeof createNoteEndpoint.body>,
  { name, nowMs }: { name: string; nowMs: EpochMs },
): Omit<Note, 'id'> {
  const { text, kind = 'note', fault, action, pool, by } = body;
  const wrong = noteTextFault(text);
  if (wrong) throw new Problem(422, wrong, { errors: [{ path: 'text', code: 'invalid_value', message: wrong }] });
  return {
    ...{ text, kind, by: by === undefined ? name : `${by} (key ${name})`, atMs: nowMs },
    ...(fault === undefined ? {} : { fault }),
    ...(action === undefined ? {} : { action }),
    ...(pool === undefined ? {} : { pool }),
  };
}

export function noteAnswer({ atMs, ...note }: Note): Record<string, unknown> {
  return { ...note, at: new Date(atMs).toISOString() };
}

export function unknownNote(id: string): Problem {
  return new Problem(404, `there is no note ${id}: GET /v1/knowledge lists them`);
}
