import type { Alert } from './answers.ts';
import { SeverityMark } from './marks.tsx';
import { useFacts } from './page-context.ts';
import { clockText, lengthText } from './show-time.ts';

// Cells that every list of alerts has.

export function SeverityCell({ alert: { severity, state } }: { alert: Alert }) {
  return (
    <td class="col-severity">
      <SeverityMark severity={severity} isOver={state !== 'firing'} />
      <span class="sub">{state}</span>
    </td>
  );
}

/** When it began, and for how long it has lasted. */
export function SinceCell({ alert: { onsetAt, resolvedAt, state } }: { alert: Alert }) {
  const { nowMs } = useFacts();
  const onsetMs = Date.parse(onsetAt);
  const now = nowMs ?? onsetMs;
  const endMs = resolvedAt === undefined ? now : Date.parse(resolvedAt);
  return (
    <td class="col-since">
      {clockText(onsetMs, now)} UTC
      <span class="sub">
        {state === 'firing' ? 'for' : 'lasted'} {lengthText(endMs - onsetMs)}
      </span>
    </td>
  );
}
