import { Action } from './action-list.tsx';
import { Acknowledge } from './alerts/acknowledge.tsx';
import { actionWords } from './alerts/action-words.ts';
import { AlertChart } from './alerts/alert-chart.tsx';
import { AlertTasks } from './alerts/alert-tasks.tsx';
import { Feedback } from './alerts/feedback.tsx';
import { changeWords } from './alerts/incident-marks.ts';
import { SilenceAlert } from './alerts/silence-alert.tsx';
import type { Agent, Alert, Directive } from './answers.ts';
import { byNow } from './by-now.ts';
import { Drawer } from './drawer.tsx';
import { inWords } from './kpi-names.ts';
import { SeverityMark } from './marks.tsx';
import { useFacts } from './page-context.ts';
import { clockText, lengthText, withClockTimes } from './show-time.ts';
import { countText, valueText } from './show-value.ts';

interface AlertDetailsProps {
  /** undefined when the id in the address names none. */
  alert: Alert | undefined;
  /** Whether the alerts have been asked for. */
  isKnown: boolean;
  directives: readonly Directive[];
  agents: readonly Agent[];
  refresh: () => void;
}

/** One alert with all that is known of it: figures, evidence, impact, changes, what was done, and the runbook. */
export function AlertDetails({ alert, isKnown, directives, agents, refresh }: AlertDetailsProps) {
  const { go, nowMs } = useFacts();
  const close = () => go({ alert: null });
  if (!alert) {
    return (
      <Drawer title="Alert" onClose={close}>
        <p class="empty">
          {isKnown
            ? 'No alert of the last 24 hours has this id. Choose an earlier time, or close this.'
            : 'Loading the alert …'}
        </p>
      </Drawer>
    );
  }
  const own = directives.filter(({ id }) => alert.directives.includes(id));
  const isLoaded = new Set(own.map(({ id }) => id));
  const lasted = nowMs === undefined ? undefined : byNow(alert, agents, nowMs);
  const toldMs = nowMs ?? Date.parse(alert.detectedAt);
  const evidence = [...new Set(alert.evidence.map((line) => withClockTimes(line, toldMs)))];
  return (
    <Drawer title={alert.title} onClose={close}>
      <p class="chips">
        <SeverityMark severity={alert.severity} isOver={alert.state !== 'firing'} />
        <span class="chip">{inWords(alert.state)}</span>
        <span class="chip">{inWords(alert.kind)}</span>
        {alert.acknowledged ? <span class="chip">Acknowledged</span> : null}
        {alert.silencedBy ? <span class="chip silence-active">Silenced</span> : null}
        {alert.inhibitedBy ? (
          <button type="button" class="link" onClick={() => go({ alert: alert.inhibitedBy ?? null })}>
            explained by another alert
          </button>
        ) : null}
      </p>
      <p class="lead">{alert.why}</p>
      {lasted === undefined ? null : <p>{lasted}.</p>}
      <Facts alert={alert} />
      <h3>Who takes care</h3>
      <Acknowledge alert={alert} onDone={refresh} />
      <AlertChart alert={alert} directives={own} />
      <TextList title="Likely causes" lines={causesOf(alert)} />
      <TextList title="Evidence" lines={evidence} />
      <Contributors alert={alert} />
      <Changes alert={alert} />
      <h3>Actions</h3>
      {alert.directives.length === 0 ? <p class="quiet">None was taken.</p> : null}
      {own.map((directive) => (
        <Action key={directive.id} directive={directive} refresh={refresh} />
      ))}
      <Others alert={alert} isLoaded={isLoaded} />
      <h3>Silence</h3>
      <SilenceAlert alert={alert} onDone={refresh} />
      <h3>Was it useful?</h3>
      <Feedback alert={alert} />
      <AlertTasks alert={alert} />
      <TextList title="Known from before" lines={(alert.known ?? []).map(({ text }) => text)} />
      <h3>Runbook</h3>
      <p>
        {/^https?:/.test(alert.runbook) ? (
          <a href={alert.runbook} rel="noreferrer" target="_blank">
            {alert.runbook}
          </a>
        ) : (
          <code>{alert.runbook}</code>
        )}
      </p>
      <p class="quiet">
        Alert <code>{alert.id}</code>
      </p>
    </Drawer>
  );
}

function Facts({ alert }: { alert: Alert }) {
  const { nowMs, go } = useFacts();
  const onsetMs = Date.parse(alert.onsetAt);
  const detectedMs = Date.parse(alert.detectedAt);
  const now = nowMs ?? detectedMs;
  const { agent, pool, taskType, tool, model, recommendation } = alert.scope;
  const isRecommended = recommendation !== undefined;
  const others = Object.entries({ 'task type': taskType, tool, model }).filter(([, id]) => id !== undefined);
  return (
    <dl class="facts-list">
      <div>
        <dt>Where</dt>
        <dd>
          {agent === undefined ? null : (
            <button type="button" class="link" onClick={() => go({ agent, alert: null })}>
              {agent}
            </button>
          )}
          {pool === undefined ? '' : `${agent === undefined ? '' : ', '}pool ${pool}`}
          {others.map(([name, id]) => `, ${name} ${id}`)}
        </dd>
      </div>
      <div>
        <dt>Owner</dt>
        <dd>{alert.team ?? 'no team is set for this pool'}</dd>
      </div>
      <div>
        <dt>Since</dt>
        <dd>
          {clockText(onsetMs, now)} UTC, noticed {lengthText(detectedMs - onsetMs)} later
        </dd>
      </div>
      <div>
        <dt>Until</dt>
        <dd>
          {alert.resolvedAt === undefined
            ? `still firing, for ${lengthText(now - onsetMs)}`
            : `${clockText(Date.parse(alert.resolvedAt), now)} UTC, after ${lengthText(Date.parse(alert.resolvedAt) - onsetMs)}`}
        </dd>
      </div>
      <div>
        <dt>{isRecommended ? 'To be gained' : 'Value'}</dt>
        <dd>
          {alert.value === null ? 'unknown' : valueText(alert.value, alert.unit)}
          {alert.expected === null || isRecommended ? '' : `, expected ${valueText(alert.expected, alert.unit)}`} (n{' '}
          {countText(alert.n)})
        </dd>
      </div>
      {Object.entries(alert.impact ?? {}).map(([name, amount]) => (
        <div key={name}>
          <dt>{inWords(name)}</dt>
          <dd>{countText(amount)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Actions of before the day that the page has loaded, or of which there are too many. */
function Others({ alert: { directives, actions = [] }, isLoaded }: { alert: Alert; isLoaded: ReadonlySet<string> }) {
  const others = directives.filter((id) => !isLoaded.has(id));
  if (others.length === 0) return null;
  return (
    <ul class="lines">
      {others.map((id) => {
        const told = actions.find(({ directive }) => directive === id);
        return (
          <li key={id}>
            {told === undefined ? '' : `${actionWords(told)} `}
            <code>{id}</code>
          </li>
        );
      })}
    </ul>
  );
}

/** The likeliest first, and where the extra time lies. */
function causesOf({ causes = [], layer }: Alert): string[] {
  return [...causes.map(({ words }) => words), ...(layer === undefined ? [] : [`Extra time in ${layer}`])];
}

function TextList({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

function Contributors({ alert }: { alert: Alert }) {
  const parts = (alert.contributors ?? []).filter(({ agent }) => agent !== undefined);
  // The only contributor is where the alert is, which is said already.
  if (parts.length < 2) return null;
  return (
    <TextList
      title="Contributors"
      lines={parts.map(({ agent, share }) => `${agent}${share === undefined ? '' : `: ${valueText(share, 'ratio')}`}`)}
    />
  );
}

function Changes({ alert }: { alert: Alert }) {
  const { nowMs } = useFacts();
  const changes = alert.changes ?? [];
  return (
    <>
      <h3>What changed</h3>
      {changes.length === 0 ? (
        <p class="quiet">No change was reported in the hour before.</p>
      ) : (
        <ul class="lines">
          {changes.map((change) => (
            <li key={`${change.at} ${change.kind}`}>
              {clockText(Date.parse(change.at), nowMs ?? Date.parse(change.at))} UTC: {changeWords(change)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
