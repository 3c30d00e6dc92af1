/** The scope of API keys that a refusal asks for, as the API says it; undefined where it asks for none. */
export function neededScope(detail: string): string | undefined {
  return /; this needs (ingest|read|control|admin)$/.exec(detail)?.[1];
}

/** What went wrong, and for a key that may not do it how to make one that may. */
export function problemText(detail: string): string {
  const scope = neededScope(detail);
  if (scope === undefined) return detail;
  return `${detail}. Somebody with the scope admin makes a key that may: npm run -s cli -- keys create --name NAME --scopes ${scopesWith(scope)}`;
}

/** A key for the page has to read, too. */
function scopesWith(scope: string): string {
  return scope === 'control' ? 'read,control' : scope;
}
