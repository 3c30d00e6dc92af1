import { createContext } from 'preact';
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Period } from './charts/period.ts';
import type { PolicyAnswer } from './settings/answers.ts';
import type { Go } from './use-view.ts';
import type { View } from './view.ts';

/** What nearly every part of the page needs to know; the same until a new minute is shown. */
export interface Facts {
  api: Api;
  go: Go;
  /** The end of the window on the server's clock; the page has no other clock. undefined until something is known. */
  nowMs: number | undefined;
  /** The window in words: `15 min, 10:00–10:15 UTC`. */
  windowText: string;
  /** What sparklines show. */
  history: Period | undefined;
  /** As it is now; undefined until it is known. */
  policy: PolicyAnswer | undefined;
}

export interface PageFacts extends Facts {
  view: View;
}

export const FactsContext = createContext<Facts | undefined>(undefined);

/** The view that is shown, and who is told when there is another. */
export interface ShownView {
  view: View;
  readonly followers: Set<() => void>;
}

export const ViewContext = createContext<ShownView | undefined>(undefined);

/** Does not draw again when only the view changes: for what there are many of. */
export function useFacts(): Facts {
  const facts = useContext(FactsContext);
  if (!facts) throw new Error('parts of the page are shown inside of it');
  return facts;
}

/**
 * Draws again when one of these parts of the view changes; when any does without names. A click in one panel changes one part of the
 * view, and the other panels are not drawn again for it.
 */
export function usePage(): PageFacts;
export function usePage<Name extends keyof View>(...names: Name[]): Facts & { view: Pick<View, Name> };
export function usePage(...names: (keyof View)[]): PageFacts {
  const facts = useFacts();
  const shown = useContext(ViewContext);
  if (!shown) throw new Error('parts of the page are shown inside of it');
  const drawn = useRef(shown.view);
  drawn.current = shown.view;
  const [, redraw] = useState({});
  useLayoutEffect(() => {
    const follow = () => {
      const isNew = (name: keyof View) => drawn.current[name] !== shown.view[name];
      if (names.length === 0 ? drawn.current !== shown.view : names.some(isNew)) redraw({});
    };
    shown.followers.add(follow);
    return () => {
      shown.followers.delete(follow);
    };
  }, [shown]);
  return { ...facts, view: shown.view };
}

/** @returns what is the same for as long as the page, and tells its followers of another view when that is drawn */
export function useShownView(view: View): ShownView {
  const [shown] = useState<ShownView>(() => ({ view, followers: new Set() }));
  shown.view = view;
  useLayoutEffect(() => {
    for (const follow of shown.followers) follow();
  }, [shown, view]);
  return shown;
}
