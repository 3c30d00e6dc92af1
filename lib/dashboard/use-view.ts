import { useCallback, useEffect, useState } from 'preact/hooks';
import { readView, type View, viewQuery } from './view.ts';

/** The view in the address, and how to go to another one; going back in the browser goes back in the page. */
export function useView(): { view: View; go: (change: Partial<View>) => void } {
  const [view, setView] = useState(() => readView(location.search));
  useEffect(() => {
    const follow = () => setView(readView(location.search));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = useCallback((change: Partial<View>) => {
    const next = { ...readView(location.search), ...change };
    const query = viewQuery(next);
    if (query !== location.search) history.pushState(null, '', `${location.pathname}${query}`);
    setView(next);
  }, []);
  return { view, go };
}
