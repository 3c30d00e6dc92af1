/** One reading of a custom metric. */
export interface MetricReading {
  namespace: string;
  metric: string;
  unit: 'Seconds' | 'Count';
  value: number;
  /** Each set of values is a metric of its own, and is paid for as one: never an agent or a system. */
  dimensions: Readonly<Record<string, string>>;
  atMs: number;
}

/**
 * A line of a function's log that CloudWatch reads a metric from (embedded metric format). It has the level WARN because
 * Lambda takes lines without one for INFO, and production keeps WARN and above.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function embeddedMetric({ namespace, metric, unit, value, dimensions, atMs }: MetricReading): string {
  const definition = {
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: metric, Unit: unit }],
  };
  return JSON.stringify({
    ...{ level: 'WARN', timestamp: new Date(atMs).toISOString() },
    _aws: { Timestamp: Math.floor(atMs), CloudWatchMetrics: [definition] },
    ...dimensions,
    [metric]: value,
  });
}
