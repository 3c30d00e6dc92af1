const TOLD_EVERY_MS = 2_000;

/** Tells how many items of a table are done, now and then. */
export function tellingProgress(
  tell: (line: string) => void,
  nowMs: () => number,
  done: string,
): (progress: { table: string; items: number }) => void {
  let toldMs = nowMs();
  return ({ table, items }) => {
    if (nowMs() - toldMs < TOLD_EVERY_MS) return;
    toldMs = nowMs();
    tell(`${table}: ${items} items ${done}`);
  };
}
