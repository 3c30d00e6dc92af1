export const metricStores = ['timestream', 'dynamodb'] as const;

/** Where a local cloud keeps KPI history. */
export type MetricStoreKind = (typeof metricStores)[number];

/** The store of a start that names none. */
export const defaultMetricStore: MetricStoreKind = 'timestream';
