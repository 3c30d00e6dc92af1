import type { PoolSettings } from './answers.ts';

/** What is filled in of a pool's settings; empty is not set. */
export interface FilledPool {
  min: string;
  max: string;
  backupPool: string;
  lendsTo: string;
  /** JSON. */
  ladder: string;
  tunable: string;
}

export function fillPool({ min, max, backupPool, lendsTo, ladder, tunable }: PoolSettings): FilledPool {
  return {
    min: min === undefined ? '' : String(min),
    max: max === undefined ? '' : String(max),
    backupPool: backupPool ?? '',
    lendsTo: (lendsTo ?? []).join(', '),
    ladder: ladder === undefined ? '' : JSON.stringify(ladder),
    tunable: tunable === undefined ? '' : JSON.stringify(tunable),
  };
}

export type PoolChange = Readonly<Record<string, unknown>>;

/**
 * What was changed, as the API takes it: null removes a setting, and what is as before is left out.
 * @throws SyntaxError for a ladder or what is tunable that is no JSON
 */
export function poolChange(before: FilledPool, after: FilledPool): PoolChange {
  const names = (Object.keys(before) as (keyof FilledPool)[]).filter(
    (name) => before[name].trim() !== after[name].trim(),
  );
  return Object.fromEntries(names.map((name) => [name, settingOf(name, after[name].trim())]));
}

function settingOf(name: keyof FilledPool, text: string): unknown {
  if (text === '') return null;
  switch (name) {
    case 'min':
    case 'max':
      return Number(text);
    case 'backupPool':
      return text;
    case 'lendsTo':
      return namesIn(text);
    default:
      return readJson(name, text);
  }
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${name} is no JSON: ${error instanceof Error ? error.message : text}`);
  }
}

/** Names between commas or spaces. */
export function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}
