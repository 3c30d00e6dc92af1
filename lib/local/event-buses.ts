import { randomUUID } from 'node:crypto';
import type { CloudClock } from './cloud-clock.ts';
import type { DeployedRule } from './deployment.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { matchesPattern } from './matches-pattern.ts';
import { LOCAL_ACCOUNT, type PhysicalIds } from './physical-ids.ts';

export interface EventBusesOptions {
  ids: PhysicalIds;
  busArns: readonly string[];
  rules: readonly DeployedRule[];
  clock: CloudClock;
  invokeFunction: (functionName: string, payload: string, cause: string) => void;
}

/** EventBridge: hands each event to the functions of the rules it matches. */
export class EventBuses {
  readonly #options: EventBusesOptions;

  constructor(options: EventBusesOptions) {
    this.#options = options;
  }

  /** ARN of the bus an entry of PutEvents names, by name or ARN. */
  arnOf(entry: JsonObject): string {
    const bus = String(entry['EventBusName'] ?? 'default');
    return bus.startsWith('arn:') ? bus : this.#options.ids.eventBusArn(bus);
  }

  /** Answer to one entry of PutEvents. */
  put(entry: JsonObject): JsonObject {
    const source = entry['Source'];
    const detailType = entry['DetailType'];
    if (typeof source !== 'string' || source === '')
      return refused('InvalidArgument', 'Parameter Source is not valid.');
    if (typeof detailType !== 'string' || detailType === '') {
      return refused('InvalidArgument', 'Parameter DetailType is not valid.');
    }
    const detail = parseDetail(entry['Detail']);
    if (detail === undefined) return refused('MalformedDetail', 'Detail is malformed.');
    const busArn = this.arnOf(entry);
    if (!this.#options.busArns.includes(busArn)) {
      return refused('InvalidArgument', `Event bus ${busArn} does not exist.`);
    }
    const time = entry['Time'];
    const timeMs = typeof time === 'number' ? time * 1000 : this.#options.clock.nowMs();
    const event: JsonObject = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account: LOCAL_ACCOUNT,
      time: new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.#options.ids.region,
      resources: Array.isArray(entry['Resources']) ? entry['Resources'] : [],
      detail,
    };
    for (const rule of this.#options.rules) {
      if (rule.busArn !== busArn || !matchesPattern(rule.pattern, event)) continue;
      for (const functionName of rule.functionNames) {
        this.#options.invokeFunction(functionName, JSON.stringify(event), `rule ${rule.name}`);
      }
    }
    return { EventId: String(event['id']) };
  }
}

function parseDetail(detail: Json | undefined): JsonObject | undefined {
  try {
    const parsed = JSON.parse(String(detail)) as Json;
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function refused(code: string, message: string): JsonObject {
  return { ErrorCode: code, ErrorMessage: message };
}
