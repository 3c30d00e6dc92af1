import { useHeld } from '../use-held.ts';
import { useSending } from '../use-sending.ts';
import type { Maintenance, Mode, PolicyAnswer } from './answers.ts';

export interface PolicyChange {
  modes?: Readonly<Record<string, Mode>>;
  killSwitch?: boolean;
  maintenance?: readonly Maintenance[];
  promoteUpTo?: Mode;
  holdOutShare?: number;
}

export type ChangePolicy = (change: PolicyChange, doing: string, done: string) => Promise<boolean>;

/** The policy in force, and how to change some of it: the rest stays, and it acts at once. */
export function usePolicy() {
  const { held, refresh } = useHeld<PolicyAnswer>('/v1/policy');
  const { send, isBusy, outcome } = useSending();
  const change: ChangePolicy = async (wanted, doing, done) => {
    const answer = await send<PolicyAnswer>({ method: 'PUT', path: '/v1/policy', body: wanted, doing, done });
    if (answer) refresh();
    return answer !== undefined;
  };
  return { held, change, isBusy, outcome };
}
