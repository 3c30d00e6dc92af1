import type { CloudAssembly, StackTemplate, TemplateResource } from './cloud-assembly.ts';
import { constructId } from './construct-id.ts';
import type { DeployedResource } from './deployment.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import type { PhysicalIds } from './physical-ids.ts';
import { TemplateValues } from './template-values.ts';

/** A resource whose properties hold no intrinsics any more. */
export interface ResolvedResource extends DeployedResource {
  type: string;
  properties: JsonObject;
  template: StackTemplate;
}

/** Gives the resources of an assembly with resolved properties, and complains about them by name. */
export class TemplateReader {
  readonly #assembly: CloudAssembly;
  readonly #ids: PhysicalIds;
  readonly #values: TemplateValues;
  readonly #skipped: ReadonlySet<TemplateResource>;

  /** @param skipped resources that are read by no one */
  constructor(assembly: CloudAssembly, ids: PhysicalIds, skipped: ReadonlySet<TemplateResource>) {
    this.#assembly = assembly;
    this.#ids = ids;
    this.#values = new TemplateValues(assembly, ids);
    this.#skipped = skipped;
  }

  ofType(...types: string[]): ResolvedResource[] {
    return this.#assembly.stacks.flatMap((template) =>
      [...template.resources.values()]
        .filter((resource) => types.includes(resource.type) && !this.#skipped.has(resource))
        .filter(({ condition }) => condition === undefined || this.#values.holds(template, condition))
        .map((resource) => this.#resolved(template, resource)),
    );
  }

  #resolved(template: StackTemplate, resource: TemplateResource): ResolvedResource {
    const resolve = (value: Json) => this.#values.resolve(template, value);
    const properties = resolve(resource.properties);
    return {
      stack: resource.stack,
      logicalId: resource.logicalId,
      id: constructId(resource.logicalId),
      name: this.#ids.name(resource, resolve),
      arn: this.#ids.arn(resource, resolve),
      type: resource.type,
      properties: isJsonObject(properties) ? properties : {},
      template,
    };
  }
}

export function unsupported(resource: ResolvedResource, property: string, why: string): LocalCloudError {
  return new LocalCloudError(`${resource.stack}/${resource.logicalId} (${resource.type}): ${property} ${why}`);
}

/** @throws LocalCloudError when the object that a property holds has a key that is not known */
export function rejectOthers(
  resource: ResolvedResource,
  property: string,
  value: JsonObject,
  known: readonly string[],
): void {
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw unsupported(resource, `${property}.${other}`, 'is not supported');
}

/** @throws LocalCloudError when the property is missing or not a text */
export function textProperty(resource: ResolvedResource, property: string): string {
  const value = resource.properties[property];
  if (typeof value === 'string') return value;
  throw unsupported(resource, property, 'must be a text');
}
