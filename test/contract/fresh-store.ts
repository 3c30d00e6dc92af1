/** Makes an empty store whose clock stands at startMs. */
export type FreshStore<Store> = (startMs: number) => Promise<{ store: Store; setNow: (ms: number) => void }>;

/** An arbitrary moment for tests: a whole minute. */
export const NOW_MS = 29_000_000 * 60_000;
