/** What is this close to the part of the page that is seen is drawn, and asked for, already. */
const NEAR = '200px';

type OnSight = (entry: IntersectionObserverEntry) => void;

const watched = new Map<Element, OnSight>();
let observer: IntersectionObserver | undefined;

/**
 * Tells when an element comes near to what is seen of the page, and when it goes away from it; at once, too, which of both it is. All
 * elements share one observer: a large table has hundreds of them.
 * @returns ends it
 */
export function watchSight(element: Element, onSight: OnSight): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) watched.get(entry.target)?.(entry);
    },
    { rootMargin: NEAR },
  );
  watched.set(element, onSight);
  observer.observe(element);
  return () => {
    watched.delete(element);
    observer?.unobserve(element);
  };
}
