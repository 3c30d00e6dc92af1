import type { Agent, Alert, FleetAnswer } from './answers.ts';
import { byNow } from './by-now.ts';
import type { Held } from './held.ts';
import { SeverityMark } from './marks.tsx';
import { useFacts } from './page-context.ts';
import { Section } from './section.tsx';
import { clockText, lastedText } from './show-time.ts';

/** More than this nobody takes in at a glance; the alerts below are all of them. */
const MOST = 7;

interface AttentionListProps {
  fleet: Held<FleetAnswer>;
  alerts: readonly Alert[];
  agents: readonly Agent[];
}

/** What someone should look at first. */
export function AttentionList({ fleet, alerts, agents }: AttentionListProps) {
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
                <Item item={item} alert={alerts.find(({ id }) => id === item.alert)} agents={agents} />
              </li>
            ))}
          </ol>
        )
      }
    </Section>
  );
}

/** @param alert the one that asks for it, where it is among those that are known */
function Item({
  item,
  alert,
  agents,
}: {
  item: FleetAnswer['attention'][number];
  alert: Alert | undefined;
  agents: readonly Agent[];
}) {
  const { go, nowMs } = useFacts();
  const { agent, pool, severity, why, since } = item;
  const sinceMs = Date.parse(since);
  const now = nowMs ?? sinceMs;
  const lasted = alert && byNow(alert, agents, now);
  return (
    <button type="button" class="row-button" onClick={() => go({ alert: item.alert, agent: null })}>
      <SeverityMark severity={severity} />
      <span class="what">
        <strong>{why}</strong>
        {alert ? <span class="why clamp">{alert.why}</span> : null}
        {lasted === undefined ? null : <span class="sub">{lasted}</span>}
        <span class="sub">{whereOf(agent, pool, alert)}</span>
      </span>
      <span class="since">
        {lastedText(sinceMs, now)}
        <span class="sub">since {clockText(sinceMs, now)} UTC</span>
      </span>
    </button>
  );
}

function whereOf(agent: string | undefined, pool: string | undefined, alert: Alert | undefined): string {
  const poolName = pool ?? alert?.scope.pool;
  return [
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(poolName === undefined ? [] : [`pool ${poolName}`]),
    ...(alert?.team ? [`team ${alert.team}`] : []),
  ].join(' · ');
}
