import { Action } from './action-list.tsx';
import { AgentCharts } from './agent/agent-charts.tsx';
import { AgentKpis } from './agent/agent-kpis.tsx';
import { changesOf, doesName } from './agent/agent-marks.ts';
import { ExemplarTasks } from './agent/exemplar-tasks.tsx';
import { ForgetAgent } from './agent/forget-agent.tsx';
import { PoolCapacity } from './agent/pool-capacity.tsx';
import { Skills } from './agent/skills.tsx';
import { changeWords } from './alerts/incident-marks.ts';
import type { Agent, Alert, Directive } from './answers.ts';
import { Drawer } from './drawer.tsx';
import { capitalized } from './kpi-names.ts';
import { SeverityMark, StateMark } from './marks.tsx';
import { usePage } from './page-context.ts';
import { clockText, lengthText } from './show-time.ts';
import { firingFirst } from './trouble-order.ts';
import { useStages } from './use-stages.ts';

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
  const { go, view, nowMs } = usePage('atMs');
  const close = () => go({ agent: null });
  const stage = useStages(3);
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
      <p class="lead">{capitalized(agent.why)}</p>
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
      {stage < 2 ? null : (
        <>
          <h3>Course, with the others of its pool in the same minutes</h3>
          <AgentCharts agent={agent} alerts={alerts} directives={directives} poolSize={poolSize} />
        </>
      )}
      {stage < 3 ? null : (
        <>
          <AgentKpis agent={agent.agent} />
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
        </>
      )}
    </Drawer>
  );
}
