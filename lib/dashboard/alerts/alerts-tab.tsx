import { useMemo } from 'preact/hooks';
import type { AlertsAnswer } from '../answers.ts';
import type { Held } from '../held.ts';
import { AlertTable } from './alert-table.tsx';
import { SilenceList } from './silence-list.tsx';

/** Every alert of the last day, to be narrowed down, and what nobody is told of. */
export function AlertsTab({ alerts }: { alerts: Held<AlertsAnswer> }) {
  return (
    <>
      {useMemo(
        () => (
          <AlertTable alerts={alerts} />
        ),
        [alerts],
      )}
      <SilenceList />
    </>
  );
}
