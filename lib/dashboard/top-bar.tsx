import { usePage } from './page-context.ts';
import { clockText, lengthText, windowMinutes } from './show-time.ts';
import { type Tab, tabs, viewQuery, windows } from './view.ts';

interface TopBarProps {
  /** How long ago something was answered; undefined while all is well. */
  silentMs: number | undefined;
  /** Alerts that fire. */
  firing: number;
  onForgetKey: () => void;
}

/** The window, the moment that is looked at, and whether the page follows the present. */
export function TopBar({ silentMs, firing, onForgetKey }: TopBarProps) {
  const { view, go } = usePage('window');
  const shown = windows.some((window) => window === view.window) ? windows : [view.window, ...windows];
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <rect width="16" height="16" rx="4" />
          <path d="M2.5 8.5h2.6l1.7-4 2.5 7 1.7-3h2.5" />
        </svg>
        Fleetpulse
      </h1>
      <Tabs firing={firing} />
      <fieldset class="segments">
        <legend class="hidden">Window</legend>
        {shown.map((window) => (
          <button key={window} type="button" aria-pressed={view.window === window} onClick={() => go({ window })}>
            {window}
          </button>
        ))}
      </fieldset>
      <Moment />
      <Pulse silentMs={silentMs} />
      <button type="button" class="ghost" onClick={onForgetKey}>
        Sign out
      </button>
    </header>
  );
}

const tabNames: Readonly<Record<Tab, string>> = {
  now: 'Now',
  plan: 'Plan',
  alerts: 'Alerts',
  compare: 'Compare',
  settings: 'Settings',
};

function Tabs({ firing }: { firing: number }) {
  const { view, go } = usePage();
  return (
    <nav class="tabs" aria-label="Views">
      {tabs.map((tab) => (
        <a
          key={tab}
          href={`/${viewQuery({ ...view, tab, agent: null, alert: null })}`}
          {...(view.tab === tab ? { 'aria-current': 'page' } : {})}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            go({ tab, agent: null, alert: null });
          }}
        >
          {tabNames[tab]}
          {tab === 'alerts' && firing > 0 ? (
            <span class="count" title={`${firing} ${firing === 1 ? 'alert fires' : 'alerts fire'}`}>
              {firing}
            </span>
          ) : null}
        </a>
      ))}
    </nav>
  );
}

/** Steps through time, a window at a time. */
function Moment() {
  const { view, go, nowMs } = usePage('window', 'atMs');
  const stepMs = (windowMinutes(view.window) ?? 15) * 60_000;
  const at = view.atMs ?? nowMs;
  if (at === undefined) return null;
  return (
    <fieldset class="segments moment">
      <legend class="hidden">Time</legend>
      <button type="button" aria-label={`Earlier by ${view.window}`} onClick={() => go({ atMs: at - stepMs })}>
        ‹
      </button>
      <button
        type="button"
        aria-pressed={view.atMs === null}
        onClick={() => go({ atMs: view.atMs === null ? at : null })}
      >
        {view.atMs === null ? 'Now' : `At ${clockText(view.atMs, nowMs ?? view.atMs)} UTC`}
      </button>
      <button
        type="button"
        aria-label={`Later by ${view.window}`}
        disabled={view.atMs === null}
        onClick={() => go({ atMs: at + stepMs })}
      >
        ›
      </button>
    </fieldset>
  );
}

function Pulse({ silentMs }: { silentMs: number | undefined }) {
  const { view, go, nowMs } = usePage('atMs');
  if (silentMs !== undefined) {
    return (
      <p class="pulse lost" role="status">
        No answer for {lengthText(silentMs)}: what you see is old
      </p>
    );
  }
  if (view.atMs !== null) {
    return (
      <p class="pulse held">
        Looking back.{' '}
        <button type="button" class="link" onClick={() => go({ atMs: null })}>
          Follow the present
        </button>
      </p>
    );
  }
  return <p class="pulse">{nowMs === undefined ? 'Connecting' : `Live, ${clockText(nowMs, nowMs)} UTC`}</p>;
}
