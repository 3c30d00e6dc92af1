import { useState } from 'preact/hooks';
import { SeverityCell, SinceCell } from './alert-cells.tsx';
import type { Alert, AlertsAnswer } from './answers.ts';
import type { Held } from './held.ts';
import { inWords } from './kpi-names.ts';
import { useFacts } from './page-context.ts';
import { Section } from './section.tsx';
import { firingFirst } from './trouble-order.ts';

const SHOWN = 5;

/** The alerts of the last 24 hours, those that fire first. */
export function AlertList({ alerts }: { alerts: Held<AlertsAnswer> }) {
  const [areAllShown, showAll] = useState(false);
  const all = firingFirst(alerts.answer?.alerts ?? []);
  const firing = all.filter(({ state }) => state === 'firing').length;
  const shown = areAllShown ? all : all.slice(0, Math.max(SHOWN, firing));
  return (
    <Section
      id="alerts"
      title="Alerts of the last 24 hours"
      held={alerts}
      aside={
        <span class="aside">
          {firing} firing, {all.length - firing} resolved
        </span>
      }
    >
      {() =>
        all.length === 0 ? (
          <p class="empty">
            None. Alerts also go to the SNS topic; subscribe a team to it with the filter <code>pool</code> or{' '}
            <code>team</code>.
          </p>
        ) : (
          <>
            <table class="alerts">
              <caption class="hidden">Alerts of the last 24 hours, firing first</caption>
              <thead>
                <tr>
                  <th scope="col" class="col-severity">
                    Severity
                  </th>
                  <th scope="col">Alert</th>
                  <th scope="col" class="col-since">
                    Since
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((alert) => (
                  <Row key={alert.id} alert={alert} />
                ))}
              </tbody>
            </table>
            {shown.length < all.length ? (
              <button type="button" class="more" onClick={() => showAll(true)}>
                Show all {all.length} alerts
              </button>
            ) : null}
          </>
        )
      }
    </Section>
  );
}

function Row({ alert }: { alert: Alert }) {
  const { go } = useFacts();
  return (
    <tr class={alert.state === 'firing' ? '' : 'over'}>
      <SeverityCell alert={alert} />
      <td>
        <button type="button" class="link" onClick={() => go({ alert: alert.id, agent: null })}>
          {alert.title}
        </button>
        <span class="sub">
          {inWords(alert.kind)}
          {alert.scope.pool === undefined ? '' : ` · pool ${alert.scope.pool}`}
          {alert.team ? ` · team ${alert.team}` : ''}
        </span>
      </td>
      <SinceCell alert={alert} />
    </tr>
  );
}
