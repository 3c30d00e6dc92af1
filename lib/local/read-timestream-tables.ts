import type { DeployedTimestreamTable } from './deployment.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import {
  type ResolvedResource,
  rejectOthers,
  type TemplateReader,
  textProperty,
  unsupported,
} from './template-reader.ts';

/** @throws LocalCloudError naming the property of a table that would not behave here as it does when deployed */
export function readTimestreamTables(reader: TemplateReader): DeployedTimestreamTable[] {
  const databases = new Set(reader.ofType('AWS::Timestream::Database').map(({ name }) => name));
  return reader.ofType('AWS::Timestream::Table').map((resource) => {
    const { stack, logicalId, id, name, arn } = resource;
    const database = textProperty(resource, 'DatabaseName');
    if (!databases.has(database)) {
      throw unsupported(resource, 'DatabaseName', `names ${database}, which is no Timestream database of this app`);
    }
    const retention = structure(resource, 'RetentionProperties', [
      'MemoryStoreRetentionPeriodInHours',
      'MagneticStoreRetentionPeriodInDays',
    ]);
    const magnetic = structure(resource, 'MagneticStoreWriteProperties', [
      'EnableMagneticStoreWrites',
      'MagneticStoreRejectedDataLocation',
    ]);
    return {
      ...{ stack, logicalId, id, name, arn },
      database,
      table: name,
      memoryHours: period(resource, retention, 'MemoryStoreRetentionPeriodInHours', 6, 8766),
      magneticDays: period(resource, retention, 'MagneticStoreRetentionPeriodInDays', 73_000, 73_000),
      magneticWrites: String(magnetic['EnableMagneticStoreWrites'] ?? false) === 'true',
      requiredDimensions: requiredDimensions(resource),
    };
  });
}

function requiredDimensions(resource: ResolvedResource): string[] {
  const { CompositePartitionKey: keys = [] } = structure(resource, 'Schema', ['CompositePartitionKey']);
  const list = Array.isArray(keys) ? keys.filter(isJsonObject) : [];
  return list
    .filter(({ Type: type, EnforcementInRecord: enforced }) => type === 'DIMENSION' && enforced === 'REQUIRED')
    .map(({ Name: name }) => String(name));
}

function structure(resource: ResolvedResource, property: string, known: string[]): JsonObject {
  const value: Json = resource.properties[property] ?? {};
  if (!isJsonObject(value)) throw unsupported(resource, property, 'must be an object');
  rejectOthers(resource, property, value, known);
  return value;
}

/** CloudFormation has the numbers as texts. */
function period(
  resource: ResolvedResource,
  owner: JsonObject,
  property: string,
  otherwise: number,
  most: number,
): number {
  const value = Number(owner[property] ?? otherwise);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw unsupported(resource, `RetentionProperties.${property}`, `must be from 1 to ${most}`);
}
