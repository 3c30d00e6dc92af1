import { useEffect, useMemo, useState } from 'preact/hooks';
import { AgentDetails } from './agent-details.tsx';
import { AlertDetails } from './alert-details.tsx';
import { AlertsTab } from './alerts/alerts-tab.tsx';
import { alertsAsOf } from './alerts-as-of.ts';
import { apiWith } from './api.ts';
import { CompareTab } from './compare/compare-tab.tsx';
import { KeyForm } from './key-form.tsx';
import { NowTab } from './now-tab.tsx';
import { type Facts, FactsContext, usePage, useShownView, ViewContext } from './page-context.ts';
import { PlanTab } from './plan/plan-tab.tsx';
import { forgetKey, keepKey, keptKey, takeCode } from './session-key.ts';
import { SettingsTab } from './settings/settings-tab.tsx';
import { lengthText, periodText } from './show-time.ts';
import { signIn } from './sign-in.ts';
import { StopBar } from './stop-bar.tsx';
import { TopBar } from './top-bar.tsx';
import { type Answers, useAnswers } from './use-answers.ts';
import { useView } from './use-view.ts';
import type { Tab } from './view.ts';

const HOUR_MS = 3_600_000;
/** Two rounds without any answer: one may fail by chance. */
const SILENT_AFTER_MS = 12_000;

export function Page() {
  const [key, setKey] = useState(keptKey);
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  useEffect(() => {
    const follow = async () => {
      const code = takeCode();
      if (code === null) return;
      const signedIn = await signIn(code);
      if (signedIn.status !== 'ok') {
        setRefusal(`The link does not sign in: ${signedIn.detail}.`);
        return;
      }
      keepKey(signedIn.answer.key);
      setRefusal(undefined);
      setKey(signedIn.answer.key);
    };
    const onChange = () => void follow();
    onChange();
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  const leave = (why: string | undefined) => {
    forgetKey();
    setKey(null);
    setRefusal(why === undefined ? undefined : `The key was rejected: ${why}.`);
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
  const shownView = useShownView(view);
  const { answers, refusal, isCurrent, answeredAt, refresh } = useAnswers(api, view);
  const silentMs = useSilence(answeredAt);
  useEffect(() => {
    if (refusal !== undefined) onRefused(refusal);
  });

  const shownWindow = windowOf(answers);
  const fromMs = shownWindow && Date.parse(shownWindow.from);
  const toMs = shownWindow && Date.parse(shownWindow.to);
  const { window } = view;
  const policy = answers.policy.answer;
  const facts = useMemo((): Facts => {
    const isKnown = fromMs !== undefined && toMs !== undefined;
    return {
      api,
      go,
      nowMs: toMs,
      windowText: isKnown ? `${lengthText(toMs - fromMs)}, ${periodText(fromMs, toMs, toMs)}` : window,
      history: isKnown ? { fromMs: Math.min(fromMs, toMs - HOUR_MS), toMs } : undefined,
      policy,
    };
  }, [api, window, go, fromMs, toMs, policy]);

  const alerts = useMemo(() => alertsOf(answers.alerts, view.atMs), [answers.alerts, view.atMs]);
  const shown = useMemo(() => ({ ...answers, alerts }), [answers, alerts]);
  return (
    <FactsContext.Provider value={facts}>
      <ViewContext.Provider value={shownView}>
        <TopBar silentMs={silentMs} onForgetKey={onForgetKey} firing={firingIn(alerts)} />
        {view.atMs === null ? <StopBar policy={answers.policy.answer} /> : null}
        <main class={`page ${silentMs === undefined ? '' : 'old'}`} aria-busy={!isCurrent}>
          {tabOf(view.tab, shown, refresh)}
        </main>
        <Details answers={shown} isCurrent={isCurrent} refresh={refresh} />
      </ViewContext.Provider>
    </FactsContext.Provider>
  );
}

function tabOf(tab: Tab, answers: Answers, refresh: () => void) {
  switch (tab) {
    case 'compare':
      return <CompareTab />;
    case 'plan':
      return <PlanTab />;
    case 'alerts':
      return <AlertsTab alerts={answers.alerts} />;
    case 'settings':
      return <SettingsTab />;
    default:
      return <NowTab answers={answers} refresh={refresh} />;
  }
}

/** The agent or the alert that is opened, beside whatever tab is shown. */
function Details({ answers, isCurrent, refresh }: { answers: Answers; isCurrent: boolean; refresh: () => void }) {
  const { view } = usePage('agent', 'alert');
  const { agents, alerts, directives } = answers;
  if (view.alert !== null) {
    return (
      <AlertDetails
        key={view.alert}
        alert={alerts.answer?.alerts.find(({ id }) => id === view.alert)}
        isKnown={alerts.answer !== undefined && isCurrent}
        directives={directives.answer?.directives ?? []}
        agents={agents.answer?.agents ?? []}
        refresh={refresh}
      />
    );
  }
  if (view.agent === null) return null;
  const opened = agents.answer?.agents.find(({ agent }) => agent === view.agent);
  return (
    <AgentDetails
      key={view.agent}
      id={view.agent}
      agent={opened}
      isKnown={agents.answer !== undefined && isCurrent}
      alerts={alerts.answer?.alerts ?? []}
      directives={directives.answer?.directives ?? []}
      poolSize={agents.answer?.agents.filter(({ pool }) => pool === opened?.pool).length ?? 0}
      refresh={refresh}
    />
  );
}

function alertsOf(alerts: Answers['alerts'], atMs: number | null): Answers['alerts'] {
  if (alerts.answer === undefined || atMs === null) return alerts;
  return { ...alerts, answer: { alerts: alertsAsOf(alerts.answer.alerts, atMs) } };
}

function firingIn({ answer }: Answers['alerts']): number {
  return answer?.alerts.filter(({ state }) => state === 'firing').length ?? 0;
}

function windowOf({ fleet, agents, pools }: Answers) {
  return (fleet.answer ?? agents.answer ?? pools.answer)?.window;
}

/** How long nothing has been answered; undefined until that is longer than a round may take. */
function useSilence(answeredAt: { readonly current: number | undefined }): number | undefined {
  const [silentMs, setSilent] = useState<number | undefined>(undefined);
  useEffect(() => {
    const startMs = performance.now();
    const look = () => {
      const lengthMs = performance.now() - (answeredAt.current ?? startMs);
      setSilent(lengthMs > SILENT_AFTER_MS && !document.hidden ? lengthMs : undefined);
    };
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [answeredAt]);
  return silentMs;
}
