import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Width of an element in px, as it is and as it becomes; the height is the chart's own, so nothing moves. */
export function useWidth(): { spot: { current: HTMLDivElement | null }; width: number } {
  const spot = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(540);
  useLayoutEffect(() => {
    const element = spot.current;
    if (!element) return undefined;
    const look = () => setWidth(Math.max(120, Math.round(element.clientWidth)));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { spot, width };
}
