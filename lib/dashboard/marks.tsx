import type { JSX } from 'preact';
import type { Severity } from './answers.ts';
import { inWords } from './kpi-names.ts';

// Every mark has a shape of its own beside its colour, and its word beside its shape.

const stateShapes: Readonly<Record<string, JSX.Element>> = {
  healthy: <circle cx="6" cy="6" r="4.5" />,
  degraded: <path d="M6 1 11.4 11H.6Z" />,
  dead: <path d="m2 2 8 8m0-8-8 8" class="stroke" />,
  hung: <path d="M2 1h8L7 6l3 5H2l3-5Z" />,
  silent: <circle cx="6" cy="6" r="4.3" class="stroke dashed" />,
  idle: <circle cx="6" cy="6" r="4.2" class="stroke" />,
  paused: <path d="M2.5 1.5h2.6v9H2.5Zm4.4 0h2.6v9H6.9Z" />,
  stopped: <path d="M2 2h8v8H2Z" />,
};

const unknownShape = <path d="M6 .8 11.2 6 6 11.2.8 6Z" class="stroke" />;

export function StateMark({ state }: { state: string }) {
  return (
    <span class={`mark state-${state}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {stateShapes[state] ?? unknownShape}
      </svg>
      {inWords(state)}
    </span>
  );
}

const severityShapes: Readonly<Record<Severity, JSX.Element>> = {
  critical: <path d="M4 .8h4L11.2 4v4L8 11.2H4L.8 8V4Z" />,
  high: <path d="M6 1 11.4 11H.6Z" />,
  medium: <path d="M6 .8 11.2 6 6 11.2.8 6Z" />,
  low: <circle cx="6" cy="6" r="4.2" class="stroke" />,
};

export function SeverityMark({ severity, isOver = false }: { severity: Severity; isOver?: boolean }) {
  return (
    <span class={`mark severity-${severity} ${isOver ? 'over' : ''}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {severityShapes[severity] ?? unknownShape}
      </svg>
      {inWords(severity)}
    </span>
  );
}

const verdictShapes: Readonly<Record<string, JSX.Element>> = {
  helped: <path d="m1.5 6.5 3 3 6-7" class="stroke" />,
  harmed: <path d="m2 2 8 8m0-8-8 8" class="stroke" />,
  no_effect: <path d="M1.5 4.2h9m-9 3.6h9" class="stroke" />,
  unmeasurable: <path d="M3 4a3 3 0 1 1 4 2.8c-.8.3-1 .7-1 1.4M6 10.4v.6" class="stroke" />,
  waiting: <path d="M6 1a5 5 0 1 0 5 5M6 3v3l2 1.2" class="stroke" />,
};

export function VerdictMark({ verdict, label }: { verdict: string; label: string }) {
  return (
    <span class={`mark verdict-${verdict}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {verdictShapes[verdict] ?? unknownShape}
      </svg>
      {label}
    </span>
  );
}
