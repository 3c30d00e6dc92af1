import { useMemo } from 'preact/hooks';
import { ActionList } from './action-list.tsx';
import { AlertList } from './alert-list.tsx';
import { AttentionList } from './attention-list.tsx';
import { FleetTable } from './fleet-table.tsx';
import { FlowPanel } from './flow/flow-panel.tsx';
import { Ahead } from './plan/ahead.tsx';
import { PoolList } from './pool-list.tsx';
import type { Answers } from './use-answers.ts';
import { useStages } from './use-stages.ts';
import { VerdictStrip } from './verdict-strip.tsx';
import { VersusPanel } from './versus/versus-panel.tsx';

const noPools: readonly string[] = [];

/**
 * What needs somebody now, and what was done about it. Each part is drawn again only when an answer that it shows is a
 * new one.
 */
export function NowTab({ answers, refresh }: { answers: Answers; refresh: () => void }) {
  const { fleet, agents, pools, alerts, ledger, directives } = answers;
  const stage = useStages(6);
  return (
    <>
      {useMemo(
        () => (
          <VerdictStrip fleet={fleet} agents={agents} ledger={ledger} />
        ),
        [fleet, agents, ledger],
      )}
      <div class="pair">
        {useMemo(
          () => (
            <AttentionList fleet={fleet} alerts={alerts.answer?.alerts ?? []} agents={agents.answer?.agents ?? []} />
          ),
          [fleet, alerts, agents],
        )}
        {useMemo(
          () => (
            <ActionList directives={directives} refresh={refresh} />
          ),
          [directives, refresh],
        )}
        {useMemo(
          () => (
            <AlertList alerts={alerts} />
          ),
          [alerts],
        )}
      </div>
      {useMemo(() => (stage < 2 ? null : <PoolList pools={pools} />), [pools, stage])}
      {useMemo(() => (stage < 3 ? null : <FleetTable agents={agents} />), [agents, stage])}
      {useMemo(() => (stage < 4 ? null : <FlowPanel pools={pools} />), [pools, stage])}
      {useMemo(
        () => (stage < 5 ? null : <Ahead pools={pools.answer?.pools.map(({ pool }) => pool) ?? noPools} />),
        [pools, stage],
      )}
      {useMemo(() => (stage < 6 ? null : <VersusPanel fleet={fleet} />), [fleet, stage])}
    </>
  );
}
