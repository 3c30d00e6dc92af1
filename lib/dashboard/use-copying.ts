import { useCallback, useState } from 'preact/hooks';

const SHOWN_MS = 2_000;

/** Puts text on the clipboard; `done` says for a moment what came of it, else it is empty. */
export function useCopying(): { copy: (text: string, said: string) => Promise<void>; done: string } {
  const [done, setDone] = useState('');
  const copy = useCallback(async (text: string, said: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(said);
    } catch {
      setDone('The browser does not let this page copy');
    }
    setTimeout(() => setDone(''), SHOWN_MS);
  }, []);
  return { copy, done };
}
