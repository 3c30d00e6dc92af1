/** A query of a panel: PromQL over what `/metrics` exposes, and what its lines are called. */
interface Target {
  expr: string;
  legend: string;
}

interface Panel {
  title: string;
  description: string;
  /** Grafana's id of the unit. */
  unit: string;
  targets: readonly Target[];
  kind?: 'timeseries' | 'stat';
  /** From 0 to this, where a full scale helps. */
  max?: number;
  /** A value from which on the figure is not good. */
  alertFrom?: number;
}

const POOL = 'pool=~"$pool"';
/** Counters move once a minute; five of them bridge a scrape that failed. */
const OVER = '[5m]';

const rows: readonly { title: string; panels: readonly Panel[] }[] = [
  {
    title: 'Now',
    panels: [
      {
        title: 'Agents in trouble',
        description: 'Agents that are dead, hung, silent or degraded.',
        unit: 'short',
        kind: 'stat',
        alertFrom: 1,
        targets: [{ expr: 'sum(fleetpulse_agents{state=~"dead|hung|silent|degraded"})', legend: 'agents' }],
      },
      {
        title: 'Alerts firing',
        description: 'By severity; the page and GET /v1/alerts say why.',
        unit: 'short',
        kind: 'stat',
        alertFrom: 1,
        targets: [{ expr: 'sum by (severity) (fleetpulse_alerts_firing)', legend: '{{severity}}' }],
      },
      {
        title: 'Data age',
        description: 'Since the end of the newest complete minute. More than three minutes: the minute job is behind.',
        unit: 's',
        kind: 'stat',
        alertFrom: 180,
        targets: [{ expr: 'max(fleetpulse_data_age_seconds)', legend: 'age' }],
      },
      {
        title: 'Events lost',
        description:
          'Events of the last hour that were received and that nothing became of: 0 unless something was lost.',
        unit: 'short',
        kind: 'stat',
        alertFrom: 1,
        targets: [{ expr: 'max(fleetpulse_ledger_difference)', legend: 'events' }],
      },
    ],
  },
  {
    title: 'Fleet',
    panels: [
      {
        title: 'Tasks by status',
        description: 'Tasks that ended, a second.',
        unit: 'ops',
        targets: [{ expr: `sum by (status) (rate(fleetpulse_tasks_total${OVER}))`, legend: '{{status}}' }],
      },
      {
        title: 'Response time',
        description: 'Of completed, failed and timed-out tasks: quantiles of the last 15 minutes, mean of 5.',
        unit: 's',
        targets: [
          { expr: 'fleetpulse_response_seconds', legend: 'p{{quantile}}' },
          {
            expr: `rate(fleetpulse_response_seconds_sum${OVER}) / rate(fleetpulse_response_seconds_count${OVER})`,
            legend: 'mean',
          },
        ],
      },
      {
        title: 'Availability',
        description: 'Of the minutes in which agents should have sent heartbeats, those in which they were live.',
        unit: 'percentunit',
        max: 1,
        targets: [{ expr: 'fleetpulse_availability_ratio', legend: 'fleet' }],
      },
      {
        title: 'Cost',
        description: 'What tasks cost, as reported or by the price table.',
        unit: 'currencyUSD',
        targets: [{ expr: `3600 * rate(fleetpulse_cost_usd_total${OVER})`, legend: 'USD an hour' }],
      },
      {
        title: 'Tokens',
        description: 'Tokens of tasks a second, by kind.',
        unit: 'ops',
        targets: [{ expr: `sum by (kind) (rate(fleetpulse_tokens_total${OVER}))`, legend: '{{kind}}' }],
      },
      {
        title: 'Agents by state',
        description: 'As the newest complete minute found them.',
        unit: 'short',
        targets: [{ expr: 'sum by (state) (fleetpulse_agents)', legend: '{{state}}' }],
      },
    ],
  },
  {
    title: 'Pools',
    panels: [
      {
        title: 'Tasks by pool',
        description: 'Tasks that ended, a second.',
        unit: 'ops',
        targets: [{ expr: `sum by (pool) (rate(fleetpulse_pool_tasks_total{${POOL}}${OVER}))`, legend: '{{pool}}' }],
      },
      {
        title: 'Failed share by pool',
        description: 'Of the tasks that ended, those that failed, timed out or were rejected.',
        unit: 'percentunit',
        targets: [
          {
            expr:
              `sum by (pool) (rate(fleetpulse_pool_tasks_total{${POOL},status=~"failed|timeout|rejected"}${OVER}))` +
              ` / sum by (pool) (rate(fleetpulse_pool_tasks_total{${POOL}}${OVER}))`,
            legend: '{{pool}}',
          },
        ],
      },
      {
        title: 'p95 response by pool',
        description: 'Of the last 15 minutes.',
        unit: 's',
        targets: [{ expr: `fleetpulse_pool_response_seconds{${POOL},quantile="0.95"}`, legend: '{{pool}}' }],
      },
      {
        title: 'Tasks that wait, by pool',
        description: 'Mean of the last 15 minutes.',
        unit: 'short',
        targets: [{ expr: `fleetpulse_pool_queue_depth{${POOL}}`, legend: '{{pool}}' }],
      },
      {
        title: 'Agents in trouble, by pool',
        description: 'Dead, hung, silent or degraded.',
        unit: 'short',
        targets: [
          {
            expr: `sum by (pool) (fleetpulse_pool_agents{${POOL},state=~"dead|hung|silent|degraded"})`,
            legend: '{{pool}}',
          },
        ],
      },
      {
        title: 'Cost by pool',
        description: 'What tasks cost, USD an hour.',
        unit: 'currencyUSD',
        targets: [
          { expr: `3600 * sum by (pool) (rate(fleetpulse_pool_cost_usd_total{${POOL}}${OVER}))`, legend: '{{pool}}' },
        ],
      },
    ],
  },
  {
    title: 'Task types',
    panels: [
      {
        title: 'Tasks by type',
        description: 'Tasks that ended, a second.',
        unit: 'ops',
        targets: [
          { expr: `sum by (task_type) (rate(fleetpulse_task_type_tasks_total${OVER}))`, legend: '{{task_type}}' },
        ],
      },
      {
        title: 'p95 response by task type',
        description: 'Of the last 15 minutes.',
        unit: 's',
        targets: [{ expr: 'fleetpulse_task_type_response_seconds{quantile="0.95"}', legend: '{{task_type}}' }],
      },
    ],
  },
];

const COLUMNS = 24;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/**
 * A dashboard over `/metrics` to import into Grafana 10 or newer (Dashboards, New, Import): data source and pools are chosen
 * in it.
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function grafanaDashboard(): Record<string, unknown> {
  const panels: Record<string, unknown>[] = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y += 1;
    const isStats = inRow.every(({ kind }) => kind === 'stat');
    const perLine = isStats ? 4 : Math.min(3, inRow.length);
    const [w, h] = [COLUMNS / perLine, isStats ? 4 : 8];
    inRow.forEach((panel, i) => {
      const at = { x: (i % perLine) * w, y: y + Math.floor(i / perLine) * h, w, h };
      panels.push({ id: panels.length + 1, gridPos: at, ...drawn(panel) });
    });
    y += Math.ceil(inRow.length / perLine) * h;
  }
  return {
    uid: 'fleetpulse',
    title: 'Fleetpulse',
    description: 'Fleet, pools and task types of Fleetpulse, from its /metrics.',
    tags: ['fleetpulse', 'agents'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    timezone: 'utc',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
        {
          ...{ name: 'pool', label: 'Pool', type: 'query', datasource, hide: 0, multi: true, includeAll: true },
          ...{ allValue: '.*', current: { text: 'All', value: '$__all' }, refresh: 2, sort: 1 },
          query: { query: 'label_values(fleetpulse_pool_agents, pool)', refId: 'pools' },
        },
      ],
    },
    panels,
  };
}

function drawn({ title, description, unit, targets, kind = 'timeseries', max, alertFrom }: Panel) {
  const steps = [
    { color: 'green', value: null },
    ...(alertFrom === undefined ? [] : [{ color: 'red', value: alertFrom }]),
  ];
  const isStat = kind === 'stat';
  return {
    ...{ type: kind, title, description, datasource },
    targets: targets.map(({ expr, legend }, i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource, expr, legendFormat: legend },
      ...(isStat ? { instant: true } : { range: true }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max === undefined ? {} : { max }),
        thresholds: { mode: 'absolute', steps },
        ...(isStat ? {} : { custom: { drawStyle: 'line', fillOpacity: 8, lineWidth: 1, showPoints: 'never' } }),
      },
      overrides: [],
    },
    options: isStat
      ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value', graphMode: 'none' }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}
