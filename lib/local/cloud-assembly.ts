import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';

export interface TemplateResource {
  stack: string;
  logicalId: string;
  type: string;
  properties: JsonObject;
  /** Name of the template condition this resource depends on. */
  condition: string | undefined;
}

export interface StackTemplate {
  name: string;
  resources: Map<string, TemplateResource>;
  outputs: JsonObject;
  parameters: JsonObject;
  mappings: JsonObject;
  conditions: JsonObject;
  /** Where each file asset lies, by the object key templates name it with. */
  assetPaths: Map<string, string>;
}

/** What `cdk synth` wrote: every stack with its template and the paths of its assets. */
export interface CloudAssembly {
  directory: string;
  stacks: StackTemplate[];
}

/** @throws LocalCloudError when the directory holds no cloud assembly. */
export function readCloudAssembly(directory: string): CloudAssembly {
  const manifestPath = join(directory, 'manifest.json');
  if (!existsSync(manifestPath)) {
    throw new LocalCloudError(
      `${directory} holds no cloud assembly (manifest.json is missing): synthesize the app first`,
    );
  }
  const artifacts = section(readJson(manifestPath), 'artifacts');
  const stacks: StackTemplate[] = [];
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isJsonObject(artifact) || artifact['type'] !== 'aws:cloudformation:stack') continue;
    const properties = section(artifact, 'properties');
    const name = typeof properties['stackName'] === 'string' ? properties['stackName'] : id;
    stacks.push(readStack(directory, id, name, String(properties['templateFile'])));
  }
  return { directory, stacks };
}

function readStack(directory: string, artifactId: string, name: string, templateFile: string): StackTemplate {
  const template = readJson(join(directory, templateFile));
  const resources = new Map<string, TemplateResource>();
  for (const [logicalId, resource] of Object.entries(section(template, 'Resources'))) {
    if (!isJsonObject(resource)) continue;
    resources.set(logicalId, {
      stack: name,
      logicalId,
      type: String(resource['Type']),
      properties: section(resource, 'Properties'),
      condition: typeof resource['Condition'] === 'string' ? resource['Condition'] : undefined,
    });
  }
  return {
    name,
    resources,
    outputs: section(template, 'Outputs'),
    parameters: section(template, 'Parameters'),
    mappings: section(template, 'Mappings'),
    conditions: section(template, 'Conditions'),
    assetPaths: readAssetPaths(directory, `${artifactId}.assets.json`),
  };
}

function readAssetPaths(directory: string, assetsFile: string): Map<string, string> {
  const paths = new Map<string, string>();
  const file = join(directory, assetsFile);
  if (!existsSync(file)) return paths;
  for (const asset of Object.values(section(readJson(file), 'files'))) {
    if (!isJsonObject(asset)) continue;
    const path = section(asset, 'source')['path'];
    if (typeof path !== 'string') continue;
    for (const destination of Object.values(section(asset, 'destinations'))) {
      if (isJsonObject(destination)) paths.set(String(destination['objectKey']), resolve(directory, path));
    }
  }
  return paths;
}

function section(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isJsonObject(value) ? value : {};
}

function readJson(path: string): JsonObject {
  let parsed: Json;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    throw new LocalCloudError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJsonObject(parsed)) throw new LocalCloudError(`cannot read ${path}: it is not a JSON object`);
  return parsed;
}
