const NAME = 'fleetpulse-key';

/**
 * The key of this tab: the one in the address (`#key=...`), which is taken out of it at once, else the one kept for
 * the session. It is never sent anywhere but in the header of requests to this server, and never written to disk.
 */
export function takeKey(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (!given) return kept();
  history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  keepKey(given);
  return given;
}

export function keepKey(key: string): void {
  try {
    sessionStorage.setItem(NAME, key);
  } catch {
    // Storage may be forbidden: then the key lasts as long as the page.
  }
}

export function forgetKey(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // As above.
  }
}

function kept(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}
