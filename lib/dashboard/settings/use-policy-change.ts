import { useSending } from '../use-sending.ts';
import type { Maintenance, Mode, PolicyAnswer } from './answers.ts';

export interface PolicyChange {
  modes?: Readonly<Record<string, Mode>>;
  killSwitch?: boolean;
  maintenance?: readonly Maintenance[];
  promoteUpTo?: Mode;
  holdOutShare?: number;
}

/** Changes some of the policy: the rest stays, and it acts at once. */
export function usePolicyChange(onDone: (policy: PolicyAnswer) => void) {
  const { send, isBusy, outcome } = useSending();
  const change = async (body: PolicyChange, doing: string, done: string): Promise<boolean> => {
    const answer = await send<PolicyAnswer>({ method: 'PUT', path: '/v1/policy', body, doing, done });
    if (answer) onDone(answer);
    return answer !== undefined;
  };
  return { change, isBusy, outcome };
}
