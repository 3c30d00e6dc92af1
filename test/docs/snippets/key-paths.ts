/** Names of the fields of JSON, each after those above it; of a list, those of its items. */
export function keyPaths(value: unknown, above = ''): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...keyPaths(item, above)]));
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([name, of]) => {
      const path = above === '' ? name : `${above}.${name}`;
      return [path, ...keyPaths(of, path)];
    }),
  );
}
