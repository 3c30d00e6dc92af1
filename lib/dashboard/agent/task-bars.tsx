import { useWidth } from '../charts/use-width.ts';
import { valueText } from '../show-value.ts';
import type { Task } from './answers.ts';
import { taskShares } from './task-shares.ts';

const HEIGHT = 10;

/** Where the time of a task went, one bar a share, and the same in words. */
export function TaskBars({ task, longest }: { task: Task; longest: number }) {
  const { spot, width } = useWidth();
  const shares = taskShares(task);
  const total = shares.reduce((sum, { ms }) => sum + ms, 0);
  if (total === 0) return null;
  // Parts that overlap add up to more than the task took.
  const scale = width / Math.max(longest, total);
  let at = 0;
  const bars = shares.map((share) => {
    const bar = { ...share, x: at * scale, width: Math.max(1, share.ms * scale - 1) };
    at += share.ms;
    return bar;
  });
  return (
    <div class="task-bars" ref={spot}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width="100%" height={HEIGHT} aria-hidden="true">
        {bars.map(({ label, kind, ms, x, width: length }, index) => (
          <rect
            key={label}
            class={`share share-${index % 4} share-${kind}`}
            x={x}
            width={length}
            height={HEIGHT}
            rx="1.5"
          >
            <title>{`${label} ${valueText(ms, 'ms')}`}</title>
          </rect>
        ))}
      </svg>
      <p class="sub">{shares.map(({ label, ms }) => `${label} ${valueText(ms, 'ms')}`).join(' · ')}</p>
    </div>
  );
}
