import { useEffect, useState } from 'preact/hooks';

/**
 * How many parts are drawn, from the top: one more with each frame, so that the first are seen, and answer to clicks, before
 * the rest is made.
 */
export function useStages(most: number): number {
  const [stage, setStage] = useState(1);
  useEffect(() => {
    // Effects run after what is drawn can be seen.
    if (stage < most) setStage(stage + 1);
  }, [stage, most]);
  return stage;
}
