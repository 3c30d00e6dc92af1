type Fields = Readonly<Record<string, unknown>>;

/** What differs between two states of something, each field in words: `modes.route auto → approve`. */
export function changedFields(before: Fields = {}, after: Fields = {}): string[] {
  const was = flat(before);
  const is = flat(after);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [old, now] = [was.get(name), is.get(name)];
    if (old === now) return [];
    if (old === undefined) return [`${name} ${now}`];
    return [`${name} ${old} → ${now ?? 'gone'}`];
  });
}

/** Fields of fields by their path; lists as they are, and what is null as if it were not there. */
function flat(fields: Fields, above = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    const path = above === '' ? name : `${above}.${name}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, text] of flat({ ...value }, path)) found.set(inner, text);
    } else if (value !== undefined && value !== null)
      found.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return found;
}
