import { type SqlToken, sqlTokens } from './sql-tokens.ts';
import { invalid } from './timestream-error.ts';

export interface TranslatedQuery {
  /** The same query for DuckDB. */
  sql: string;
  /** The tables it reads. */
  tables: { database: string; table: string }[];
}

/** Functions of Timestream by their names in DuckDB; the ones that begin with `timestream_` are macros of the store. */
const functions: Readonly<Record<string, string>> = {
  approx_distinct: 'approx_count_distinct',
  // Exact, of the type of its argument, and the same in every run.
  approx_percentile: 'quantile_disc',
  arbitrary: 'any_value',
  bin: 'timestream_bin',
  cardinality: 'len',
  date_diff: 'date_sub',
  from_iso8601_timestamp: 'timestream_from_iso8601',
  from_milliseconds: 'timestream_from_milliseconds',
  from_nanoseconds: 'timestream_from_nanoseconds',
  regexp_like: 'regexp_matches',
  to_milliseconds: 'epoch_ms',
  to_nanoseconds: 'epoch_ns',
  ...Object.fromEntries(
    (
      'abs avg cast ceil ceiling coalesce corr count count_if date_trunc dense_rank first_value floor greatest if lag ' +
      'last_value lead least length lower ltrim max max_by min min_by nullif power rank replace round row_number rtrim ' +
      'sqrt stddev strpos substr sum trim try_cast unnest upper variance'
    )
      .split(' ')
      .map((name) => [name, name]),
  ),
};
/** Functions whose value depends on the time of the query, which becomes their first argument. */
const functionsOfNow: Readonly<Record<string, string>> = { ago: 'timestream_ago', now: 'timestream_now' };
const clockWords = new Set(['current_date', 'current_time', 'localtime', 'localtimestamp']);

const keywordsBeforeParenthesis = new Set(
  (
    'all and any array as between by case cube distinct else except exists filter from having in intersect is join ' +
    'like limit not on or over rollup select sets some then union using values varchar when where with'
  ).split(' '),
);
const endOfFrom = new Set('except group having intersect limit offset order select union where window'.split(' '));

const units: Readonly<Record<string, string>> = {
  ns: 'NANOSECOND',
  us: 'MICROSECOND',
  ms: 'MILLISECOND',
  s: 'SECOND',
  m: 'MINUTE',
  h: 'HOUR',
  d: 'DAY',
  mo: 'MONTH',
  y: 'YEAR',
};

/**
 * Translates a query of Timestream to DuckDB.
 * @throws TimestreamError ValidationException when it is not one SELECT or WITH statement, or uses what is not translated
 */
export function translateQuery(query: string, nowMs: number): TranslatedQuery {
  const tokens = tokensOf(query);
  const code = tokens.filter(({ kind }) => kind !== 'blank');
  const first = code[0];
  if (!first || !['select', 'with'].includes(wordOf(first))) {
    throw invalid(`line 1:1: only one SELECT statement can be run, with or without WITH`);
  }
  const now = `TIMESTAMP '${new Date(nowMs).toISOString().replace('T', ' ').replace('Z', '')}'`;
  const rewritten = new Map<SqlToken, string>();
  code.forEach((token, index) => {
    const next = code[index + 1];
    if (token.kind === 'number') rewritten.set(token, numberOrInterval(query, token));
    if (token.text === '::') throw at(query, token, "mismatched input '::'");
    if (token.kind === 'quoted' && next?.text === '(' && wordOf(code[index - 1]) !== 'with') {
      throw at(query, token, `Function ${token.text} not registered`);
    }
    if (token.kind !== 'word') return;
    if (next?.kind === 'string' && next.at === token.at + token.text.length) {
      throw at(query, next, `mismatched input ${next.text}`);
    }
    const word = wordOf(token);
    if (clockWords.has(word)) throw at(query, token, `${word} is not supported by the local cloud: use now()`);
    if (word === 'current_timestamp') rewritten.set(token, now);
    if (next?.text === '(') rewritten.set(token, functionName(query, token, code, index, now, rewritten));
  });
  const sql = tokens.map((token) => rewritten.get(token) ?? token.text).join('');
  return { sql, tables: tablesOf(query, code) };
}

/** Where a token stands, as the messages of Timestream say it. */
export function position(query: string, offset: number): string {
  const before = query.slice(0, offset).split('\n');
  return `line ${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

function tokensOf(query: string): SqlToken[] {
  try {
    return joinMeasureValues(sqlTokens(query));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const offset = Number(error.message);
    throw invalid(`${position(query, offset)}: mismatched input '${query.slice(offset, offset + 1)}'`);
  }
}

/** `measure_value::double` is one name, not a cast. */
function joinMeasureValues(tokens: SqlToken[]): SqlToken[] {
  const joined: SqlToken[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const [token, colons, type] = tokens.slice(index, index + 3);
    if (!token) break;
    if (wordOf(token) === 'measure_value' && colons?.text === '::' && type?.kind === 'word') {
      joined.push({ kind: 'quoted', text: `"measure_value::${wordOf(type)}"`, at: token.at });
      index += 2;
    } else joined.push(token);
  }
  return joined;
}

function numberOrInterval(query: string, token: SqlToken): string {
  const [, number = '', exponent = '', unit = ''] = /^([\d.]+)([eE][+-]?\d+)?([A-Za-z]*)$/.exec(token.text) ?? [];
  if (unit === '') {
    // Without an exponent, a fraction would be a DECIMAL.
    return number.includes('.') && exponent === '' ? `${number}e0` : token.text;
  }
  const name = units[unit.toLowerCase()] ?? unit.toUpperCase().replace(/S$/, '');
  if (exponent !== '' || number.includes('.') || !Object.values(units).includes(name)) {
    throw at(query, token, `mismatched input '${token.text}'`);
  }
  // DuckDB has no nanoseconds.
  return name === 'NANOSECOND'
    ? `INTERVAL '${Math.floor(Number(number) / 1000)} MICROSECOND'`
    : `INTERVAL '${number} ${name}'`;
}

function functionName(
  query: string,
  token: SqlToken,
  code: SqlToken[],
  index: number,
  now: string,
  rewritten: Map<SqlToken, string>,
): string {
  const word = wordOf(token);
  const parenthesis = code[index + 1];
  if (Object.hasOwn(functionsOfNow, word) && parenthesis) {
    rewritten.set(parenthesis, `(${now}${code[index + 2]?.text === ')' ? '' : ', '}`);
    return functionsOfNow[word] ?? word;
  }
  if (Object.hasOwn(functions, word)) return functions[word] ?? word;
  if (keywordsBeforeParenthesis.has(word) || wordOf(code[index - 1]) === 'with') return token.text;
  throw at(query, token, `Function ${word} not registered`);
}

/**
 * The tables after FROM and JOIN, and after commas in between; names that WITH gives are none.
 * @throws TimestreamError ValidationException when a table is not named by database and table
 */
function tablesOf(query: string, code: SqlToken[]): TranslatedQuery['tables'] {
  const given = new Set(
    code.filter((_token, index) => isNameGivenByWith(code, index)).map((token) => nameOf(token).toLowerCase()),
  );
  const tables = new Map<string, { database: string; table: string }>();
  const inFrom = [false];
  let expected = false;
  for (let index = 0; index < code.length; index += 1) {
    const token = code[index];
    if (!token) break;
    const word = wordOf(token);
    if (token.text === '(') {
      // Inside, a subquery has its own FROM; a parenthesized join goes on with tables.
      expected = expected && !['select', 'with', 'values'].includes(wordOf(code[index + 1]));
      inFrom.push(expected);
    } else if (token.text === ')') {
      inFrom.pop();
      expected = false;
    } else if ((word === 'from' && wordOf(code[index - 1]) !== 'distinct') || word === 'join') {
      inFrom[inFrom.length - 1] = true;
      expected = true;
    } else if (token.text === ',') {
      expected = inFrom.at(-1) === true;
    } else if (endOfFrom.has(word)) {
      inFrom[inFrom.length - 1] = false;
      expected = false;
    } else if (expected) {
      expected = false;
      if (word === 'unnest' || word === 'lateral') continue;
      if (token.kind !== 'word' && token.kind !== 'quoted') throw at(query, token, `mismatched input '${token.text}'`);
      const name = code[index + 2];
      if (code[index + 1]?.text !== '.' || !name) {
        if (given.has(nameOf(token).toLowerCase())) continue;
        throw at(query, token, `The table ${nameOf(token)} needs its database: "database"."table"`);
      }
      const read = { database: nameOf(token), table: nameOf(name) };
      tables.set(JSON.stringify(read), read);
      index += 2;
    }
  }
  return [...tables.values()];
}

/** `WITH name AS (`, `, name AS (`, and the same with names of columns. */
function isNameGivenByWith(code: SqlToken[], index: number): boolean {
  const before = code[index - 1];
  const token = code[index];
  if (!token || (token.kind !== 'word' && token.kind !== 'quoted')) return false;
  if (wordOf(before) === 'with') return true;
  return before?.text === ',' && wordOf(code[index + 1]) === 'as' && code[index + 2]?.text === '(';
}

function wordOf(token: SqlToken | undefined): string {
  return token?.kind === 'word' ? token.text.toLowerCase() : '';
}

function nameOf(token: SqlToken): string {
  return token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text;
}

function at(query: string, token: SqlToken, problem: string) {
  return invalid(`${position(query, token.at)}: ${problem}`);
}
