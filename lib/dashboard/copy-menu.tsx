import { readCommand } from './shell-command.ts';
import { useCopying } from './use-copying.ts';

/**
 * Hands on what a panel shows: its answer as JSON, or the command that asks for it again. The key is never part of it.
 * @param source path and query of the request
 */
export function CopyMenu({ source, answer, title }: { source: string; answer: unknown; title: string }) {
  const { copy, done } = useCopying();
  return (
    <span class="copy">
      <span role="status">{done}</span>
      <button
        type="button"
        aria-label={`Copy ${title} as JSON`}
        title={`Copy what GET ${source} answered`}
        onClick={() => void copy(JSON.stringify(answer, null, 2), 'JSON copied')}
      >
        JSON
      </button>
      <button
        type="button"
        aria-label={`Copy ${title} as a curl command`}
        title="Copy the command that asks for this"
        onClick={() => void copy(readCommand(location.origin, source), 'Command copied')}
      >
        curl
      </button>
    </span>
  );
}
