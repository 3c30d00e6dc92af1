import { useCallback, useEffect, useState } from 'preact/hooks';
import { readView, type View, viewQuery } from './view.ts';

/** @param isTyping takes the place of the view before, which then is not gone back to */
export type Go = (change: Partial<View>, isTyping?: boolean) => void;

/** The view in the address, and how to go to another one; going back in the browser goes back in the page. */
export function useView(): { view: View; go: Go } {
  const [view, setView] = useState(() => readView(location.search));
  useEffect(() => {
    const follow = () => setView(readView(location.search));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = useCallback<Go>((change, isTyping = false) => {
    const next = { ...readView(location.search), ...change };
    const query = viewQuery(next);
    if (query !== location.search) {
      history[isTyping ? 'replaceState' : 'pushState'](null, '', `${location.pathname}${query}`);
    }
    setView(next);
  }, []);
  return { view, go };
}
