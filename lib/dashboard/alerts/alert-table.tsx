import { SeverityCell, SinceCell } from '../alert-cells.tsx';
import type { Alert, AlertsAnswer } from '../answers.ts';
import type { Held } from '../held.ts';
import { inWords } from '../kpi-names.ts';
import { useFacts, usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import { countText, valueText } from '../show-value.ts';
import { firingFirst, severities } from '../trouble-order.ts';
import { waitsForYou } from './action-words.ts';
import { AlertTimeline } from './alert-timeline.tsx';
import { choicesOf, type FilterName, filterAlerts } from './filter-alerts.ts';

/** The alerts of the 24 hours up to the moment that is looked at, those that fire first. */
export function AlertTable({ alerts }: { alerts: Held<AlertsAnswer> }) {
  const { view, go } = usePage();
  const all = alerts.answer?.alerts ?? [];
  const shown = firingFirst(filterAlerts(all, view));
  const isFiltered = shown.length < all.length || view.severity || view.kind || view.alertState;
  const firing = shown.filter(({ state }) => state === 'firing').length;
  return (
    <Section
      id="all-alerts"
      title={view.atMs === null ? 'Alerts of the last 24 hours' : 'Alerts of the 24 hours before'}
      held={alerts}
      aside={
        <>
          <Filters alerts={all} />
          <span class="aside">
            {firing} firing, {shown.length - firing} resolved
          </span>
        </>
      }
    >
      {() =>
        shown.length === 0 ? (
          <p class="empty">
            {isFiltered ? (
              <>
                None of the {all.length} alerts is like that.{' '}
                <button
                  type="button"
                  class="link"
                  onClick={() => go({ severity: null, kind: null, alertState: null, pool: null })}
                >
                  Show all of them
                </button>
              </>
            ) : (
              <>
                None. To see that messages arrive, send a test from the tab Settings, or with{' '}
                <code>curl -X POST -H "x-api-key: $FLEETPULSE_KEY" {location.origin}/v1/alerts/test</code>.
              </>
            )}
          </p>
        ) : (
          <>
            <AlertTimeline alerts={shown} />
            <table class="alerts all-alerts">
              <caption class="hidden">Alerts of 24 hours, firing first</caption>
              <thead>
                <tr>
                  <th scope="col" class="col-severity">
                    Severity
                  </th>
                  <th scope="col">Alert</th>
                  <th scope="col" class="col-value">
                    Value <span class="sub">expected</span>
                  </th>
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
          </>
        )
      }
    </Section>
  );
}

const filterNames: readonly { name: FilterName; label: string; all: string }[] = [
  { name: 'severity', label: 'Severity', all: 'All' },
  { name: 'alertState', label: 'State', all: 'All' },
  { name: 'kind', label: 'Kind', all: 'All' },
  { name: 'pool', label: 'Pool', all: 'All' },
];

function Filters({ alerts }: { alerts: readonly Alert[] }) {
  const { view, go } = usePage();
  return (
    <span class="filters">
      {filterNames.map(({ name, label, all }) => {
        const choices = choicesOf(alerts, view, name);
        if (name === 'severity') choices.sort((a, b) => rankOf(a.value) - rankOf(b.value));
        return (
          <label key={name}>
            {label}{' '}
            <select
              value={view[name] ?? ''}
              onChange={({ currentTarget }) => go({ [name]: currentTarget.value || null })}
            >
              <option value="">{all}</option>
              {choices.map(({ value, count }) => (
                <option key={value} value={value}>
                  {name === 'pool' ? value : inWords(value)} ({count})
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </span>
  );
}

function rankOf(severity: string): number {
  return (severities as readonly string[]).indexOf(severity);
}

function Row({ alert }: { alert: Alert }) {
  const { go } = useFacts();
  const { agent, pool } = alert.scope;
  return (
    <tr class={alert.state === 'firing' ? '' : 'over'}>
      <SeverityCell alert={alert} />
      <td>
        <button type="button" class="link" onClick={() => go({ alert: alert.id, agent: null })}>
          {alert.title}
        </button>
        <span class="sub">
          {inWords(alert.kind)}
          {pool === undefined ? '' : ` · pool ${pool}`}
          {agent === undefined ? '' : ` · ${agent}`}
          {alert.team ? ` · team ${alert.team}` : ''}
        </span>
        <span class="why clamp">{alert.why}</span>
        <Handled alert={alert} />
      </td>
      <td class="col-value" title={`value of the alert, from ${countText(alert.n)} (n)`}>
        {alert.value === null ? '–' : valueText(alert.value, alert.unit)}
        <span class="sub">
          {alert.expected === null ? '' : valueText(alert.expected, alert.unit)} n {countText(alert.n)}
        </span>
      </td>
      <SinceCell alert={alert} />
    </tr>
  );
}

/** What people and other alerts have to do with it, where anything. */
function Handled({ alert }: { alert: Alert }) {
  const { acknowledged, silencedBy, inhibitedBy, reopened = 0, directives, actions = [] } = alert;
  const waiting = actions.filter(waitsForYou).length;
  const said = [
    ...(acknowledged ? [`${acknowledged.by} takes care`] : []),
    ...(silencedBy ? ['silenced'] : []),
    ...(inhibitedBy ? ['explained by another alert'] : []),
    ...(reopened > 0 ? [`came back ${reopened === 1 ? 'once' : `${reopened} times`}`] : []),
    ...(directives.length > 0 ? [`${directives.length} ${directives.length === 1 ? 'action' : 'actions'}`] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for you`] : []),
  ];
  if (said.length === 0) return null;
  return (
    <span class="chips handled">
      {said.map((words) => (
        <span key={words} class="chip">
          {words}
        </span>
      ))}
    </span>
  );
}
