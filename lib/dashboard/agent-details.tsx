import { Action } from './action-list.tsx';
import { AgentCharts } from './agent/agent-charts.tsx';
import { changesOf, doesName } from './agent/agent-marks.ts';
import { ExemplarTasks } from './agent/exemplar-tasks.tsx';
import { ForgetAgent } from './agent/forget-agent.tsx';
import { PoolCapacity } from './agent/pool-capacity.tsx';
import { Skills } from './agent/skills.tsx';
import { changeWords } from './alerts/incident-marks.ts';
import type { Agent, Alert, Directive } from './answers.ts';
import { Drawer } from './drawer.tsx';
import { KpiFigure } from './kpi-figure.tsx';
import { inWords, kpiName } from './kpi-names.ts';
import { SeverityMark, StateMark } from './marks.tsx';
import { usePage } from './page-context.ts';
import { clockText, lengthText } from './show-time.ts';
import { countText, valueText } from './show-value.ts';
import { firingFirst } from './trouble-order.ts';

/** Tasks of so long are looked through for those that tell the most. */
const TASK_MINUTES = 15;

interface AgentDetailsProps {
  agent: Agent | undefined;
  /** What the address names. */
  id: string;
  isKnown: boolean;
  alerts: readonly Alert[];
  directives: readonly Directive[];
  /** Agents of its pool, itself included. */
  poolSize: number;
  refresh: () => void;
}

/** One agent: state, the course of its response time, every KPI with what it rests on, and its alerts. */
export function AgentDetails({ agent, id, isKnown, alerts, directives, poolSize, refresh }: AgentDetailsProps) {
  const { go, view, nowMs, windowText } = usePage();
  const close = () => go({ agent: null });
  if (!agent) {
    return (
      <Drawer title={id} onClose={close}>
        <p class="empty">
          {isKnown
            ? `No agent is called ${id} at this time. It may have been forgotten, or not be there yet.`
            : 'Loading …'}
        </p>
      </Drawer>
    );
  }
  const sinceMs = Date.parse(agent.since);
  const now = nowMs ?? sinceMs;
  const about = directives.filter((directive) => doesName(directive, agent.agent));
  const changes = changesOf(alerts, agent);
  const own = firingFirst(alerts.filter(({ scope }) => scope.agent === agent.agent));
  return (
    <Drawer title={agent.agent} onClose={close}>
      <p class="chips">
        <StateMark state={agent.state} />
        <span class="quiet">
          since {clockText(sinceMs, now)} UTC, for {lengthText(now - sinceMs)}
        </span>
      </p>
      <p class="lead">{inWords(agent.why)}</p>
      <dl class="facts-list">
        <div>
          <dt>Pool</dt>
          <dd>{agent.pool}</dd>
        </div>
        <div>
          <dt>Team</dt>
          <dd>{agent.team ?? 'none is set'}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{agent.version ?? 'not reported'}</dd>
        </div>
        <div>
          <dt>Capacity</dt>
          <dd>
            <PoolCapacity pool={agent.pool} />
          </dd>
        </div>
      </dl>
      <h3>Course, with the others of its pool in the same minutes</h3>
      <AgentCharts agent={agent} alerts={alerts} directives={directives} poolSize={poolSize} />
      <h3>KPIs, window {windowText}</h3>
      <dl class="kpi-list">
        {Object.entries(agent.kpis).map(([kpi, value]) => (
          <div key={kpi}>
            <dt>{kpiName(kpi).label}</dt>
            <dd>
              <KpiFigure kpi={kpi} of={value} />
              {value.value === null ? <span class="sub">{value.reason}</span> : <Parts {...value} />}
            </dd>
          </div>
        ))}
      </dl>
      <h3>Alerts of the last 24 hours</h3>
      {own.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <ul class="lines plain">
          {own.map((alert) => (
            <li key={alert.id}>
              <SeverityMark severity={alert.severity} isOver={alert.state !== 'firing'} />{' '}
              <button type="button" class="link" onClick={() => go({ alert: alert.id, agent: null })}>
                {alert.title}
              </button>{' '}
              <span class="quiet">
                {alert.state}, {clockText(Date.parse(alert.onsetAt), now)} UTC
              </span>
            </li>
          ))}
        </ul>
      )}
      <h3>Directives about it</h3>
      {about.length === 0 ? (
        <p class="quiet">None of the last 24 hours names it.</p>
      ) : (
        about.map((directive) => <Action key={directive.id} directive={directive} refresh={refresh} />)
      )}
      <h3>What changed</h3>
      {changes.length === 0 ? (
        <p class="quiet">
          No alert of the last 24 hours cites a change of it or of its pool. Report deploys as <code>change</code>{' '}
          events.
        </p>
      ) : (
        <ul class="lines">
          {changes.map((change) => (
            <li key={`${change.at} ${change.kind}`}>
              {clockText(Date.parse(change.at), now)} UTC: {changeWords(change)}
            </li>
          ))}
        </ul>
      )}
      <h3>Tasks to look at</h3>
      <ExemplarTasks
        filter={`agent=${encodeURIComponent(agent.agent)}`}
        windowMinutes={TASK_MINUTES}
        atMs={view.atMs ?? undefined}
      />
      <h3>Skills</h3>
      <Skills agent={agent.agent} />
      <h3>Forget it</h3>
      <ForgetAgent agent={agent.agent} onDone={refresh} />
    </Drawer>
  );
}

/** Percentiles and parts of a KPI, where it has any. */
function Parts({ unit, p50, p95, p99, parts = {} }: Agent['kpis'][string]) {
  const percentiles = Object.entries({ p50, p95, p99 }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${valueText(value, unit)}`],
  );
  const others = Object.entries(parts).flatMap(([name, value]) =>
    value === null
      ? []
      : [`${inWords(name.replace(/(Ms|Usd|Bps|Bytes|Ratio)$/, '')).toLowerCase()} ${partText(name, value, unit)}`],
  );
  const all = [...percentiles, ...others];
  return all.length === 0 ? null : <span class="sub">{all.join(' · ')}</span>;
}

function partText(name: string, value: number, unit: string): string {
  if (name.endsWith('Ms')) return valueText(value, 'ms');
  if (name.endsWith('Usd')) return valueText(value, 'usd');
  if (name.endsWith('Bps')) return `${countText(value)}\u00a0B/s`;
  if (name.endsWith('Bytes')) return `${countText(value)}\u00a0B`;
  if (name === 'cpu' || name === 'memory' || name.endsWith('Ratio')) return valueText(value, 'ratio');
  return valueText(value, name === 'mean' ? unit : '');
}
