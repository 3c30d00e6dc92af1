import { parseArgs } from 'node:util';
import type { DynamodbKind } from './dynamodb-emulator.ts';
import type { LocalCloudOptions } from './local-cloud.ts';
import { defaultMetricStore, type MetricStoreKind, metricStores } from './metric-store-kind.ts';

export interface StartOptions {
  port: number;
  dataDirectory: string;
  clock: LocalCloudOptions['clock'];
  env: string;
  metricStore: MetricStoreKind;
  dynamodb: DynamodbKind | undefined;
  presetKey: string | undefined;
}

/**
 * Reads the command line of `npm start`.
 * @throws RangeError in one line when an option is unknown or has a value it cannot have
 */
export function readStartOptions(
  args: string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const values = parse(args);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new RangeError(`--port ${values.port}: use a number from 0 to 65535`);
  const presetKey = environment['FLEETPULSE_ADMIN_KEY'] || undefined;
  if (presetKey !== undefined && presetKey.length < 32) {
    throw new RangeError(`FLEETPULSE_ADMIN_KEY has ${presetKey.length} characters: use 32 or more`);
  }
  return {
    port,
    dataDirectory: values.data,
    clock: readClock(values.clock, values.at),
    env: values.env,
    metricStore: oneOf('metric-store', values['metric-store'], metricStores),
    dynamodb: values.dynamodb === undefined ? undefined : oneOf('dynamodb', values.dynamodb, ['native', 'javascript']),
    presetKey,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8787' },
        data: { type: 'string', default: '.fleetpulse' },
        clock: { type: 'string', default: 'real' },
        at: { type: 'string' },
        env: { type: 'string', default: 'dev' },
        dynamodb: { type: 'string' },
        'metric-store': { type: 'string', default: defaultMetricStore },
      },
    }).values;
  } catch (error) {
    // Node's message ends with advice on positional arguments that does not apply here.
    throw new RangeError(error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error));
  }
}

function readClock(kind: string, at: string | undefined): LocalCloudOptions['clock'] {
  if (oneOf('clock', kind, ['real', 'manual']) === 'real') {
    if (at !== undefined) throw new RangeError('--at needs --clock manual');
    return { kind: 'real' };
  }
  if (at === undefined) return { kind: 'manual' };
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs)) throw new RangeError(`--at ${at}: use an ISO 8601 time such as 2026-11-24T10:00:00Z`);
  return { kind: 'manual', atMs };
}

function oneOf<const Value extends string>(option: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new RangeError(`--${option} ${value}: use ${allowed.join(' or ')}`);
}
