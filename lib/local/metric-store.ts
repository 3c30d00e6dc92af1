export const metricStores = ['timestream', 'dynamodb'] as const;

/** Where a local cloud keeps KPI history. */
export type MetricStore = (typeof metricStores)[number];

/** The store of a start that names none. */
export const defaultMetricStore: MetricStore = 'dynamodb';
