import { useEffect, useState } from 'preact/hooks';
import { watchSight } from '../watch-sight.ts';

/** Whether an element has come into sight, or near to it: what is asked for only then does not hold up the rest. */
export function useSeen(spot: { current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = spot.current;
    if (!element || isSeen) return undefined;
    return watchSight(element, ({ isIntersecting }) => {
      if (isIntersecting) setSeen(true);
    });
  }, [spot, isSeen]);
  return isSeen;
}
