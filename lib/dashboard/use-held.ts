import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Reply } from './api.ts';
import { type Held, hold, unasked } from './held.ts';
import { useFacts } from './page-context.ts';
import { poll } from './poll.ts';

/** What changes each minute at most is asked for this often; an unchanged answer costs a 304. */
const EVERY_MS = 15_000;

interface Asked<Answer> {
  held: Held<Answer>;
  /** Asks again at once, after something was changed. */
  refresh: () => void;
  /** Shows what a change answered at once, until it is asked for again. */
  replace: (answer: Answer) => void;
}

interface HeldOptions<Answer> {
  everyMs?: number;
  /** How it is asked for, where one GET is not enough: must not change from one drawing to the next. */
  read?: (path: string) => Promise<Reply<Answer>>;
  /** Shows the answer to the path before until there is one, for paths that move on with time. */
  keep?: boolean;
}

/**
 * Asks for a path, and again now and then; a panel of the page that lives on it waits, fails and recovers by itself.
 * @param path undefined asks for nothing
 */
export function useHeld<Answer>(
  path: string | undefined,
  { everyMs = EVERY_MS, read, keep = false }: HeldOptions<Answer> = {},
): Asked<Answer> {
  const { api } = useFacts();
  const [held, setHeld] = useState<Held<Answer>>(unasked);
  const askNow = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (path === undefined) return undefined;
    let isWanted = true;
    // What was held for another path is not the answer to this one.
    setHeld((before) => (before.source === path || keep ? before : unasked));
    const task = async () => {
      const reply = await (read ? read(path) : api.get<Answer>(path));
      if (isWanted) setHeld((before) => hold(before, reply, path));
    };
    const polling = poll(task, everyMs);
    askNow.current = polling.askNow;
    return () => {
      isWanted = false;
      polling.stop();
    };
  }, [api, path, everyMs, read, keep]);
  const refresh = useCallback(() => askNow.current(), []);
  const replace = useCallback(
    (answer: Answer) =>
      setHeld((before) => (path === undefined ? before : hold(before, { status: 'ok', answer }, path))),
    [path],
  );
  return { held, refresh, replace };
}
