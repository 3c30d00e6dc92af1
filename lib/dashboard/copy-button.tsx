import { useCopying } from './use-copying.ts';

/** @param title what is copied */
export function CopyButton({ text, title }: { text: string; title: string }) {
  const { copy, done } = useCopying();
  return (
    <span class="copy">
      <button type="button" aria-label={`Copy ${title}`} onClick={() => void copy(text, 'Copied')}>
        {done === '' ? 'Copy' : done}
      </button>
      <span class="hidden" role="status">
        {done}
      </span>
    </span>
  );
}
