import { useMemo, useRef } from 'preact/hooks';
import type { Api, Reply } from '../api.ts';
import { useFacts } from '../page-context.ts';

/** How a path is read that takes more than one GET, the same function from one drawing to the next. */
export function useRead<Answer>(read: (api: Api, path: string) => Promise<Reply<Answer>>) {
  const { api } = useFacts();
  const first = useRef(read).current;
  return useMemo(() => (path: string) => first(api, path), [api, first]);
}
