import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Period } from './charts/use-series.ts';
import type { Go } from './use-view.ts';
import type { View } from './view.ts';

/** What nearly every part of the page needs to know. */
export interface PageFacts {
  api: Api;
  view: View;
  go: Go;
  /** The end of the window on the server's clock; the page has no other clock. undefined until something is known. */
  nowMs: number | undefined;
  /** The window in words: `15 min, 10:00–10:15 UTC`. */
  windowText: string;
  /** What sparklines show. */
  history: Period | undefined;
}

export const PageContext = createContext<PageFacts | undefined>(undefined);

export function usePage(): PageFacts {
  const facts = useContext(PageContext);
  if (!facts) throw new Error('parts of the page are shown inside of it');
  return facts;
}
