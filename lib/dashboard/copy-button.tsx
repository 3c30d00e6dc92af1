import { useState } from 'preact/hooks';

/** @param title what is copied */
export function CopyButton({ text, title }: { text: string; title: string }) {
  const [done, setDone] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone('Copied');
    } catch {
      setDone('The browser does not let this page copy');
    }
    setTimeout(() => setDone(''), 2_000);
  };
  return (
    <span class="copy">
      <button type="button" aria-label={`Copy ${title}`} onClick={() => void copy()}>
        {done === '' ? 'Copy' : done}
      </button>
      <span class="hidden" role="status">
        {done}
      </span>
    </span>
  );
}
