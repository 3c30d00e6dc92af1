import { useEffect, useMemo, useState } from 'preact/hooks';
import { ActionList } from './action-list.tsx';
import { AgentDetails } from './agent-details.tsx';
import { AlertDetails } from './alert-details.tsx';
import { AlertList } from './alert-list.tsx';
import { alertsAsOf } from './alerts-as-of.ts';
import { apiWith } from './api.ts';
import { AttentionList } from './attention-list.tsx';
import { FleetTable } from './fleet-table.tsx';
import { KeyForm } from './key-form.tsx';
import { PageContext, type PageFacts } from './page-context.ts';
import { PoolList } from './pool-list.tsx';
import { forgetKey, keepKey, takeKey } from './session-key.ts';
import { lengthText, periodText } from './show-time.ts';
import { TopBar } from './top-bar.tsx';
import { type Answers, useAnswers } from './use-answers.ts';
import { useView } from './use-view.ts';
import { VerdictStrip } from './verdict-strip.tsx';

const HOUR_MS = 3_600_000;
/** Two rounds without any answer: one may fail by chance. */
const SILENT_AFTER_MS = 12_000;

export function Page() {
  const [key, setKey] = useState(takeKey);
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  useEffect(() => {
    const follow = () => {
      const given = takeKey();
      if (given !== null) setKey(given);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const leave = (why: string | undefined) => {
    forgetKey();
    setKey(null);
    setRefusal(why);
  };
  if (key !== null) return <Fleet key={key} apiKey={key} onRefused={leave} onForgetKey={() => leave(undefined)} />;
  return (
    <KeyForm
      refusal={refusal}
      onKey={(given) => {
        keepKey(given);
        setRefusal(undefined);
        setKey(given);
      }}
    />
  );
}

interface FleetProps {
  apiKey: string;
  onRefused: (detail: string) => void;
  onForgetKey: () => void;
}

function Fleet({ apiKey, onRefused, onForgetKey }: FleetProps) {
  const api = useMemo(() => apiWith(apiKey), [apiKey]);
  const { view, go } = useView();
  const { answers, refusal, isCurrent, answeredAtMs, refresh } = useAnswers(api, view);
  const silentMs = useSilence(answeredAtMs);
  useEffect(() => {
    if (refusal !== undefined) onRefused(refusal);
  });

  const shownWindow = windowOf(answers);
  const fromMs = shownWindow && Date.parse(shownWindow.from);
  const toMs = shownWindow && Date.parse(shownWindow.to);
  const facts = useMemo((): PageFacts => {
    const isKnown = fromMs !== undefined && toMs !== undefined;
    return {
      api,
      view,
      go,
      nowMs: toMs,
      windowText: isKnown ? `${lengthText(toMs - fromMs)}, ${periodText(fromMs, toMs, toMs)}` : view.window,
      history: isKnown ? { fromMs: Math.min(fromMs, toMs - HOUR_MS), toMs } : undefined,
    };
  }, [api, view, go, fromMs, toMs]);

  const { fleet, agents, pools, ledger, directives } = answers;
  const alerts = alertsOf(answers, view.atMs);
  return (
    <PageContext.Provider value={facts}>
      <TopBar silentMs={silentMs} onForgetKey={onForgetKey} />
      <main class={`page ${silentMs === undefined ? '' : 'old'}`} aria-busy={!isCurrent}>
        <VerdictStrip fleet={fleet} agents={agents} ledger={ledger} />
        <div class="pair">
          <AttentionList fleet={fleet} alerts={alerts.answer?.alerts ?? []} />
          <ActionList directives={directives} refresh={refresh} />
          <AlertList alerts={alerts} />
        </div>
        <PoolList pools={pools} />
        <FleetTable agents={agents} />
      </main>
      {view.alert === null ? null : (
        <AlertDetails
          key={view.alert}
          alert={alerts.answer?.alerts.find(({ id }) => id === view.alert)}
          isKnown={alerts.answer !== undefined && isCurrent}
          directives={directives.answer?.directives ?? []}
          refresh={refresh}
        />
      )}
      {view.agent === null ? null : (
        <AgentDetails
          key={view.agent}
          id={view.agent}
          agent={agents.answer?.agents.find(({ agent }) => agent === view.agent)}
          isKnown={agents.answer !== undefined && isCurrent}
          alerts={alerts.answer?.alerts ?? []}
        />
      )}
    </PageContext.Provider>
  );
}

function alertsOf({ alerts }: Answers, atMs: number | null): Answers['alerts'] {
  if (alerts.answer === undefined || atMs === null) return alerts;
  return { ...alerts, answer: { alerts: alertsAsOf(alerts.answer.alerts, atMs) } };
}

function windowOf({ fleet, agents, pools }: Answers) {
  return (fleet.answer ?? agents.answer ?? pools.answer)?.window;
}

/** How long nothing has been answered; undefined until that is longer than a round may take. */
function useSilence(answeredAtMs: number | undefined): number | undefined {
  const [silentMs, setSilent] = useState<number | undefined>(undefined);
  useEffect(() => {
    const startMs = answeredAtMs ?? performance.now();
    const look = () => {
      const lengthMs = performance.now() - startMs;
      setSilent(lengthMs > SILENT_AFTER_MS && !document.hidden ? lengthMs : undefined);
    };
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [answeredAtMs]);
  return silentMs;
}
