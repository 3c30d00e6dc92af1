// For a shell that has the key in FLEETPULSE_KEY.

export function readCommand(origin: string, path: string): string {
  return `curl -H "x-api-key: $FLEETPULSE_KEY" '${addressOf(origin, path)}'`;
}

export function sendCommand(origin: string, method: string, path: string, body?: unknown): string {
  const sent = body === undefined ? '' : ` -H 'content-type: application/json' -d '${quoted(JSON.stringify(body))}'`;
  return `curl -X ${method} -H "x-api-key: $FLEETPULSE_KEY"${sent} '${addressOf(origin, path)}'`;
}

/** Within single quotes of a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function addressOf(origin: string, path: string): string {
  return `${origin}${path.replaceAll("'", '%27')}`;
}
