import type { FleetAnswer } from './answers.ts';
import { SeverityMark } from './marks.tsx';
import { usePage } from './page-context.ts';
import { Section } from './section.tsx';
import { clockText, lastedText } from './show-time.ts';
import type { Held } from './use-answers.ts';

/** More than this nobody takes in at a glance; the alerts below are all of them. */
const MOST = 7;

/** What someone should look at first. */
export function AttentionList({ fleet }: { fleet: Held<FleetAnswer> }) {
  const count = fleet.answer?.attention.length ?? 0;
  return (
    <Section
      id="attention"
      title="Needs attention"
      held={fleet}
      aside={count > 0 ? <span class="count">{Math.min(count, MOST)}</span> : null}
    >
      {({ attention }) =>
        attention.length === 0 ? (
          <p class="empty">Nothing. No alert is firing.</p>
        ) : (
          <ol class="attention">
            {attention.slice(0, MOST).map((item) => (
              <li key={item.alert}>
                <Item {...item} />
              </li>
            ))}
          </ol>
        )
      }
    </Section>
  );
}

function Item({ agent, pool, severity, why, since, alert }: FleetAnswer['attention'][number]) {
  const { go, nowMs } = usePage();
  const sinceMs = Date.parse(since);
  const now = nowMs ?? sinceMs;
  return (
    <button type="button" class="row-button" onClick={() => go({ alert, agent: null })}>
      <SeverityMark severity={severity} />
      <span class="what">
        <strong>{agent ?? (pool === undefined ? 'fleet' : `pool ${pool}`)}</strong>
        <span class="why">{why}</span>
      </span>
      <span class="since">
        {lastedText(sinceMs, now)}
        <span class="sub">since {clockText(sinceMs, now)} UTC</span>
      </span>
    </button>
  );
}
