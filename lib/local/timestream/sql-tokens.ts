export interface SqlToken {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'blank';
  text: string;
  /** Offset in the statement. */
  at: number;
}

const patterns: readonly [SqlToken['kind'], RegExp][] = [
  ['blank', /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"/y],
  // With the unit of an interval, as in 5m.
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[A-Za-z]*/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /<>|<=|>=|!=|\|\||::|[-+*/%=<>(),.[\]]/y],
];

/**
 * Splits a statement, comments and blanks included, so that the texts of the tokens together are the statement.
 * @throws RangeError with the offset of what no statement of Timestream contains
 */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  // DuckDB takes it for the end of the statement.
  const end = sql.indexOf('\0');
  if (end >= 0) throw new RangeError(String(end));
  for (let at = 0; at < sql.length; at = (tokens.at(-1)?.at ?? 0) + (tokens.at(-1)?.text.length ?? 0)) {
    const token = tokenAt(sql, at);
    if (!token) throw new RangeError(String(at));
    tokens.push(token);
  }
  return tokens;
}

function tokenAt(sql: string, at: number): SqlToken | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text, at };
  }
  return undefined;
}
