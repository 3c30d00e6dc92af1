import type { WriteRecordsCommandInput } from '@aws-sdk/client-timestream-write';
import { type FunctionUse, functionUses } from '../../lib/core/cost/measured-fleet.ts';
import type { Meter, MeteredCall, MeteredInvocation } from '../../lib/local/meter.ts';
import { unitsOf } from '../analyze/timestream-meter.ts';
import { type Attribute, itemSize } from './item-size.ts';

export type TableName = 'State' | 'Rollups';

/** What was counted between two looks. */
export interface CountedUse {
  functions: Record<string, FunctionUse>;
  /** Units by function, table, what was done, and the first part of the key: `Analyze Rollups write ROLLUP`. */
  units: Record<string, number>;
  /** Items with an end that a function put: how large, and how long they are kept. */
  puts: { functionName: string; bytes: number; keptMs: number }[];
}

interface DynamodbRequest {
  TableName?: string;
  Key?: Record<string, Attribute>;
  Item?: Record<string, Attribute>;
  ExpressionAttributeValues?: Record<string, Attribute>;
}

/** Adds up what every function takes. */
export class UseMeter implements Meter {
  readonly #tableOf: (physicalName: string) => TableName;
  readonly #nowMs: () => number;
  readonly #underWay = new Map<string, number>();
  #counted: CountedUse = { functions: {}, units: {}, puts: [] };

  constructor(tableOf: (physicalName: string) => TableName, nowMs: () => number) {
    this.#tableOf = tableOf;
    this.#nowMs = nowMs;
  }

  callBegins(functionName: string): void {
    const before = this.#underWay.get(functionName) ?? 0;
    this.#underWay.set(functionName, before + 1);
    if (before === 0) this.#of(functionName).waits += 1;
  }

  callEnded({ functionName, service, operation, request, status, capacityUnits }: MeteredCall): void {
    this.#underWay.set(functionName, (this.#underWay.get(functionName) ?? 1) - 1);
    const use = this.#of(functionName);
    if (service === 'dynamodb') this.#countDynamodb(functionName, operation, request, { status, capacityUnits });
    if (service === 'events') use.busEvents += (request['Entries'] as unknown[]).length;
    if (service === 'sns') {
      use.publishes +=
        operation === 'Publish'
          ? 1
          : Object.keys(request).filter((field) => /^PublishBatchRequestEntries\.member\.\d+\.Id$/.test(field)).length;
    }
    if (service === 'timestream' && operation === 'WriteRecords') {
      use.timestreamWriteUnits += unitsOf(request as unknown as WriteRecordsCommandInput);
    }
  }

  invocationEnded({ functionName, cpuMs = 0 }: MeteredInvocation): void {
    const use = this.#of(functionName);
    use.invocations += 1;
    use.cpuMs += cpuMs;
  }

  /** What was counted since the last time. */
  take(): CountedUse {
    const counted = this.#counted;
    this.#counted = { functions: {}, units: {}, puts: [] };
    return counted;
  }

  #countDynamodb(
    functionName: string,
    operation: string,
    request: DynamodbRequest,
    { status, capacityUnits }: { status: number; capacityUnits: number },
  ): void {
    const table = this.#tableOf(request.TableName ?? '');
    const isRead = operation === 'GetItem' || operation === 'Query';
    const bytes = request.Item ? itemSize(request.Item) : 0;
    // A write whose condition fails is billed by what is there, which is of the size of what was to replace it.
    const refused = isRead ? 0 : Math.max(1, Math.ceil(bytes / 1_024));
    const units = status < 400 ? capacityUnits : refused;
    const use = this.#of(functionName);
    if (table === 'State') use[isRead ? 'stateReadUnits' : 'stateWriteUnits'] += units;
    else use[isRead ? 'rollupsReadUnits' : 'rollupsWriteUnits'] += units;
    const values = Object.values(request.ExpressionAttributeValues ?? {});
    const pk = (request.Key?.['pk'] ?? request.Item?.['pk'] ?? request.ExpressionAttributeValues?.[':pk'] ?? values[0])
      ?.S;
    const name = `${functionName} ${table} ${isRead ? 'read' : 'write'} ${pk?.split('#')[0]}`;
    this.#counted.units[name] = (this.#counted.units[name] ?? 0) + units;
    const endS = Number(request.Item?.['ttl']?.N);
    if (status < 400 && endS > 0) {
      this.#counted.puts.push({ functionName, bytes, keptMs: endS * 1_000 - this.#nowMs() });
    }
  }

  #of(functionName: string): FunctionUse {
    this.#counted.functions[functionName] ??= Object.fromEntries(
      functionUses.map((use) => [use, 0]),
    ) as unknown as FunctionUse;
    return this.#counted.functions[functionName];
  }
}
