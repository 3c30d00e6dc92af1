import { useState } from 'preact/hooks';
import { problemText } from '../needed-scope.ts';
import { useFacts } from '../page-context.ts';
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
  const { api } = useFacts();
  const [isReading, setReading] = useState(false);
  const { send, isBusy, outcome, forget, refuse } = useSending();
  const change = async (body: PolicyChange, doing: string, done: string): Promise<boolean> => {
    const answer = await send<PolicyAnswer>({ method: 'PUT', path: '/v1/policy', body, doing, done });
    if (answer) onDone(answer);
    return answer !== undefined;
  };
  /** Of the windows as they are by now: others may have set some since the page read them. */
  const changeWindows = async (
    edit: (windows: readonly Maintenance[]) => Maintenance[],
    doing: string,
    done: string,
  ): Promise<boolean> => {
    setReading(true);
    forget();
    const newest = await api.get<PolicyAnswer>('/v1/policy');
    setReading(false);
    if (newest.status !== 'ok') {
      refuse(`${doing} did not work: ${problemText(newest.detail)}`);
      return false;
    }
    return change({ maintenance: edit(newest.answer.maintenance) }, doing, done);
  };
  return { change, changeWindows, isBusy: isBusy || isReading, outcome };
}
