const NAME = 'fleetpulse-key';

/** The API key of this tab, kept for the session: sent in a header to this server alone, and never written to disk. */
export function keptKey(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/**
 * The code with which a link of the local cloud signs in (`#sign-in=...`), which is taken out of the address at once.
 * Browsers send what is behind the # to nobody, and a code is good once.
 */
export function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('sign-in');
  if (!code) return null;
  history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  return code;
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
