import { useEffect, useState } from 'preact/hooks';

/** Whether an element has come into sight, or near to it: what is asked for only then does not hold up the rest. */
export function useSeen(spot: { current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = spot.current;
    if (!element || isSeen) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [spot, isSeen]);
  return isSeen;
}
