import { usePage } from './page-context.ts';
import type { PolicyAnswer } from './settings/answers.ts';
import { stopsOf } from './stop-words.ts';
import { viewQuery } from './view.ts';

/** What people have stopped, on every view: who looks at a fleet in trouble must not wait for actions that do not come. */
export function StopBar({ policy }: { policy: PolicyAnswer | undefined }) {
  const { view, go, nowMs } = usePage();
  if (!policy || nowMs === undefined) return null;
  const stops = stopsOf(policy, nowMs);
  if (stops.length === 0) return null;
  return (
    <aside class="stop-bar" aria-label="Stopped by people">
      {stops.map((words) => (
        <p key={words}>{words}</p>
      ))}
      {view.tab === 'settings' ? null : (
        <a
          href={`/${viewQuery({ ...view, tab: 'settings', agent: null, alert: null })}`}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            go({ tab: 'settings', agent: null, alert: null });
          }}
        >
          Change it in Settings
        </a>
      )}
    </aside>
  );
}
