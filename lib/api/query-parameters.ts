import { type Field, InvalidField, optional, required, timeField } from './field.ts';
import { Problem } from './problem.ts';
import type { Fields, ValueOf } from './record-fields.ts';

export type QueryParameters = Readonly<Record<string, string | undefined>>;

export type QueryValues<Of extends Fields> = { [Name in keyof Of]: ValueOf<Of[Name]> | undefined };

/**
 * @param needed names of the fields that must be given
 * @throws Problem 400 for a parameter that is unknown, wrong or missing, naming it
 */
export function readParameters<Of extends Fields>(
  given: QueryParameters,
  fields: Of,
  needed: readonly string[] = [],
): QueryValues<Of> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) {
    const known = Object.keys(fields).join(', ') || 'none';
    throw wrongParameter(unknown, 'unknown_parameter', `parameter ${unknown} is not known here: use ${known}`);
  }
  try {
    return Object.fromEntries(
      Object.entries(fields).map(([name, field]) => {
        const read = needed.includes(name) ? required : optional;
        return [name, read<unknown>(given, name, field)];
      }),
    ) as QueryValues<Of>;
  } catch (error) {
    if (error instanceof InvalidField) throw wrongParameter(error.path, error.code, error.message);
    throw error;
  }
}

export function wrongParameter(path: string, code: string, message: string): Problem {
  return new Problem(400, message, { errors: [{ path, code, message }] });
}

const unitMinutes: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440 };

/** A length of time in whole minutes, hours or days; read as minutes. */
export function windowField(maxMinutes: number): Field<number> {
  return {
    expects: `a length such as 15m, 6h or 1d, from 1m to ${maxMinutes > 1_440 ? `${maxMinutes / 1_440}d` : `${maxMinutes / 60}h`}`,
    schema: { type: 'string', pattern: '^[1-9]\\d*[mhd]$' },
    read: (raw) => {
      const match = typeof raw === 'string' ? /^([1-9]\d{0,6})([mhd])$/.exec(raw) : null;
      const minutes = Number(match?.[1]) * (unitMinutes[match?.[2] ?? ''] ?? Number.NaN);
      return minutes >= 1 && minutes <= maxMinutes ? minutes : undefined;
    },
  };
}

/** A moment: ISO 8601 or epoch milliseconds; read as epoch ms. */
export const momentField: Field<number> = {
  ...timeField,
  read: (raw, path) => timeField.read(typeof raw === 'string' && /^\d{12,14}$/.test(raw) ? Number(raw) : raw, path),
};

export function limitField(max: number): Field<number> {
  return {
    expects: `a whole number from 1 to ${max}`,
    schema: { type: 'integer', minimum: 1, maximum: max },
    read: (raw) => {
      const limit = typeof raw === 'string' && /^\d{1,6}$/.test(raw) ? Number(raw) : Number.NaN;
      return limit >= 1 && limit <= max ? limit : undefined;
    },
  };
}

/** Where the next page starts: the last id of this one, unreadable on purpose. */
export const cursorField: Field<string> = {
  expects: 'the "next" of a previous answer',
  schema: { type: 'string' },
  read: (raw) => (typeof raw === 'string' && isBase64(raw) ? atob(fromUrlSafe(raw)) : undefined),
};

/** One character beyond whole groups of four says less than a byte: atob throws. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,400}$/.test(text) && text.length % 4 !== 1;
}

export function cursorFor(lastId: string): string {
  return btoa(lastId).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromUrlSafe(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
