import { decodeBody, type RawBody, settingBody } from './decode-body.ts';
import { InvalidField, isRecord, type JsonRecord, optional, required } from './field.ts';
import { type FieldProblem, Problem } from './problem.ts';
import { isKnown, notKnown, type RecordFields, type RecordOf } from './record-fields.ts';

/**
 * Reads the JSON body of a request; none at all counts as an object without fields.
 * @throws Problem 400 when it is not a JSON object, 413 and 415 as decodeBody, 422 naming every field that is missing,
 *   wrong or not known: a misspelt setting must not be taken for its default
 */
export function readJsonBody<Of extends RecordFields>(raw: RawBody, fields: Of): RecordOf<Of> {
  const record = recordIn(decodeBody(raw, settingBody));
  const values: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  const note = (name: string, read: () => unknown): void => {
    try {
      const value = read();
      if (value !== undefined) values[name] = value;
    } catch (error) {
      if (!(error instanceof InvalidField)) throw error;
      problems.push({ path: error.path, code: error.code, message: error.message });
    }
  };
  for (const name of Object.keys(record)) {
    if (!isKnown(name, fields)) problems.push({ path: name, code: 'unknown_field', message: notKnown(name, fields) });
  }
  for (const [name, field] of Object.entries(fields.required)) note(name, () => required(record, name, field));
  for (const [name, field] of Object.entries(fields.optional)) note(name, () => optional(record, name, field));
  if (problems.length > 0) {
    throw new Problem(422, problems.map(({ message }) => message).join('; '), { errors: problems });
  }
  return values as RecordOf<Of>;
}

function recordIn(bytes: Buffer): JsonRecord {
  const text = bytes.toString('utf8');
  if (text.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Problem(400, `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(body)) throw new Problem(400, 'the body must be a JSON object');
  return body;
}
