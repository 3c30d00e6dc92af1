import { parseSync } from 'oxc-parser';

/** What a module exports, values and types. */
export function exportedNames(path: string, source: string): Set<string> {
  const { staticExports } = parseSync(path, source).module;
  return new Set(staticExports.flatMap(({ entries }) => entries.flatMap(({ exportName: { name } }) => name ?? [])));
}
