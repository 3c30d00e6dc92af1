import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Period } from './charts/period.ts';
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
}

export interface PageFacts extends Facts {
  view: View;
}

export const FactsContext = createContext<Facts | undefined>(undefined);
export const ViewContext = createContext<View | undefined>(undefined);

/** Does not draw again when only the view changes: for what there are many of. */
export function useFacts(): Facts {
  const facts = useContext(FactsContext);
  if (!facts) throw new Error('parts of the page are shown inside of it');
  return facts;
}

export function usePage(): PageFacts {
  const facts = useFacts();
  const view = useContext(ViewContext);
  if (!view) throw new Error('parts of the page are shown inside of it');
  return { ...facts, view };
}
