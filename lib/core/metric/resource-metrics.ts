import type { PointEvent, SampleEvent } from '../model/event.ts';

/** A figure of a sample. */
export type SampleFigure = 'cpuPpm' | 'memoryPpm' | 'memoryBytes' | 'networkRxBps' | 'networkTxBps';

/**
 * How a metric of the OpenTelemetry conventions for processes and hosts reads as a figure of a sample. Of several
 * metrics for one figure the first in the list that is there counts: the process before its container or host.
 * Names: semantic conventions 1.44, and those that @opentelemetry/host-metrics 0.39 sends.
 */
interface ResourceMetric {
  name: string;
  /** Attribute and values that a point must have to count; all do where there is none. */
  only?: { attributes: readonly string[]; values: readonly string[] };
  /** How the points of one moment are put together. */
  combine: 'sum' | 'mean';
  /** What the sample says, given the combined value; a total is read as its growth a second. */
  scale: (value: number) => number;
}

const share = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1e6);
const whole = (value: number) => Math.max(0, Math.round(value));
const direction = ['network.io.direction', 'direction'];
const cpuState = ['cpu.mode', 'system.cpu.state', 'state'];
const memoryState = ['system.memory.state', 'state'];

const figures: { readonly [Figure in SampleFigure]: readonly ResourceMetric[] } = {
  cpuPpm: [
    { name: 'process.cpu.utilization', combine: 'sum', scale: share },
    { name: 'container.cpu.usage', combine: 'sum', scale: share },
    { name: 'k8s.pod.cpu.usage', combine: 'sum', scale: share },
    { name: 'process.cpu.time', combine: 'sum', scale: share },
    {
      name: 'system.cpu.utilization',
      only: { attributes: cpuState, values: ['idle'] },
      combine: 'mean',
      scale: (idle) => share(1 - idle),
    },
  ],
  memoryPpm: [
    { name: 'process.memory.utilization', combine: 'sum', scale: share },
    {
      name: 'system.memory.utilization',
      only: { attributes: memoryState, values: ['used'] },
      combine: 'sum',
      scale: share,
    },
  ],
  memoryBytes: [
    { name: 'process.memory.usage', combine: 'sum', scale: whole },
    { name: 'container.memory.working_set', combine: 'sum', scale: whole },
    { name: 'k8s.pod.memory.working_set', combine: 'sum', scale: whole },
    { name: 'container.memory.usage', combine: 'sum', scale: whole },
  ],
  networkRxBps: ['process.network.io', 'container.network.io', 'k8s.pod.network.io', 'system.network.io'].map(
    (name) => ({ name, only: { attributes: direction, values: ['receive'] }, combine: 'sum', scale: whole }),
  ),
  networkTxBps: ['process.network.io', 'container.network.io', 'k8s.pod.network.io', 'system.network.io'].map(
    (name) => ({ name, only: { attributes: direction, values: ['transmit'] }, combine: 'sum', scale: whole }),
  ),
};

const names = new Set(Object.values(figures).flatMap((metrics) => metrics.map(({ name }) => name)));

export function isResourceMetric(name: string): boolean {
  return names.has(name);
}

/** Totals that run since the machine or process started, long before anybody asked: at first sight nothing is new. */
export function countsSinceBoot(name: string): boolean {
  return /^(system|process|container|k8s|host|nodejs|v8js|jvm|dotnet|cpython|go)\./.test(name);
}

/** A point of a resource metric, read as it stands or as growth a second. */
export interface ResourceReading {
  point: PointEvent;
  value: number;
}

/** The sample that the readings of one agent at one moment amount to; null where they say nothing. */
export function sampleOf(readings: readonly ResourceReading[]): SampleEvent | null {
  const [first] = readings;
  if (!first) return null;
  const sample: SampleEvent = { type: 'sample', agent: first.point.agent, atMs: first.point.atMs };
  let says = false;
  for (const [figure, metrics] of Object.entries(figures) as [SampleFigure, readonly ResourceMetric[]][]) {
    for (const metric of metrics) {
      const values = readings.filter((reading) => isMeant(reading, metric)).map(({ value }) => value);
      if (values.length === 0) continue;
      const sum = values.reduce((total, value) => total + value, 0);
      sample[figure] = metric.scale(metric.combine === 'mean' ? sum / values.length : sum);
      says = true;
      break;
    }
  }
  return says ? sample : null;
}

function isMeant({ point }: ResourceReading, { name, only }: ResourceMetric): boolean {
  if (point.name !== name) return false;
  return !only || only.attributes.some((attribute) => only.values.includes(point.of?.[attribute] ?? ''));
}
