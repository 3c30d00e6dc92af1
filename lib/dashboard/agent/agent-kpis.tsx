import type { Agent, KpiValue } from '../answers.ts';
import { KpiFigure } from '../kpi-figure.tsx';
import { inWords, kpiName } from '../kpi-names.ts';
import { usePage } from '../page-context.ts';
import { Section } from '../section.tsx';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';

/** Every KPI of an agent over the window, with what it rests on; the list of agents has only those that it shows. */
export function AgentKpis({ agent }: { agent: string }) {
  const { view, windowText } = usePage('window', 'atMs');
  const at = view.atMs === null ? '' : `&at=${view.atMs}`;
  const path = `/v1/agents/${encodeURIComponent(agent)}?window=${view.window}${at}`;
  const { held } = useHeld<Agent>(path, { keep: true });
  return (
    <Section id="agent-kpis" title={`KPIs, window ${windowText}`} held={held}>
      {({ kpis }) => (
        <dl class="kpi-list">
          {Object.entries(kpis).map(([kpi, value]) => (
            <div key={kpi}>
              <dt>{kpiName(kpi).label}</dt>
              <dd>
                <KpiFigure kpi={kpi} of={value} />
                {value.value === null ? <span class="sub">{value.reason}</span> : <Parts {...value} />}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}

/** Percentiles and parts of a KPI, where it has any. */
function Parts({ unit, p50, p95, p99, parts = {} }: KpiValue) {
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
