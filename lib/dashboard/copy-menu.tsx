import { useState } from 'preact/hooks';

/**
 * Hands on what a panel shows: its answer as JSON, or the command that asks for it again. The key is never part of it.
 * @param source path and query of the request
 */
export function CopyMenu({ source, answer, title }: { source: string; answer: unknown; title: string }) {
  const [done, setDone] = useState('');
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(`${what} copied`);
    } catch {
      setDone('The browser does not let this page copy');
    }
    setTimeout(() => setDone(''), 2_000);
  };
  return (
    <span class="copy">
      <span role="status">{done}</span>
      <button
        type="button"
        aria-label={`Copy ${title} as JSON`}
        title={`Copy what GET ${source} answered`}
        onClick={() => void copy('JSON', JSON.stringify(answer, null, 2))}
      >
        JSON
      </button>
      <button
        type="button"
        aria-label={`Copy ${title} as a curl command`}
        title="Copy the command that asks for this"
        onClick={() => void copy('Command', curlCommand(location.origin, source))}
      >
        curl
      </button>
    </span>
  );
}

/** For a shell that has the key in FLEETPULSE_KEY. */
export function curlCommand(origin: string, source: string): string {
  return `curl -H "x-api-key: $FLEETPULSE_KEY" '${origin}${source.replaceAll("'", '%27')}'`;
}
