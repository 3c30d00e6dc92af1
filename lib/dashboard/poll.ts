/**
 * Does something now and again after each pause, never twice at once, and not at all while nobody looks at the page.
 * @param everyMs pause after it has been done; undefined does it once, and again only when asked
 */
export function poll(task: () => Promise<void>, everyMs: number | undefined): { askNow: () => void; stop: () => void } {
  let isWanted = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isAskedAgain = false;
  const ask = async () => {
    if (isAsking) {
      isAskedAgain = true;
      return;
    }
    clearTimeout(timer);
    if (document.hidden) return;
    isAsking = true;
    await task();
    isAsking = false;
    if (!isWanted) return;
    if (isAskedAgain) {
      isAskedAgain = false;
      void ask();
    } else if (everyMs !== undefined) timer = setTimeout(() => void ask(), everyMs);
  };
  const look = () => {
    if (document.hidden) clearTimeout(timer);
    else void ask();
  };
  document.addEventListener('visibilitychange', look);
  void ask();
  return {
    askNow: () => void ask(),
    stop: () => {
      isWanted = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    },
  };
}
