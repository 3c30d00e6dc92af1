import { lengthText } from '../show-time.ts';
import { countText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { CapacityAnswer } from './answers.ts';

const levelWords = { accept: 'takes more work', defer: 'defers what can wait', shed: 'sheds work' } as const;

/** Whether the pool of an agent is to be given more work now. */
export function PoolCapacity({ pool }: { pool: string }) {
  const { held } = useHeld<CapacityAnswer>(`/v1/capacity?pool=${encodeURIComponent(pool)}`);
  const found = held.answer?.pools.find((each) => each.pool === pool);
  if (!found) return <>{held.trouble ? 'not available' : '…'}</>;
  const { level, queueDepth, drainMs, why } = found;
  return (
    <>
      Pool {pool} {levelWords[level]} <code>{level}</code>
      {queueDepth === null ? '' : `, ${countText(queueDepth)} tasks wait`}
      {drainMs ? `, worked off in ${lengthText(drainMs)}` : ''}
      {why.length === 0 ? '' : `: ${why.join('; ')}`}
    </>
  );
}
