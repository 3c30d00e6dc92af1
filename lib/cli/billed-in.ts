import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BilledResources, billedResources, type TemplateResource } from '../core/cost/billed-resources.ts';

/** What is billed of an environment, from the templates that `cdk synth` wrote to a folder; undefined where there are none of it. */
export function billedIn(assemblyDirectory: string, env: string): BilledResources | undefined {
  if (!existsSync(assemblyDirectory)) return undefined;
  const files = readdirSync(assemblyDirectory).filter(
    (name) => name.startsWith(`Fleetpulse-${env}-`) && name.endsWith('.template.json'),
  );
  if (files.length === 0) return undefined;
  const resources: Record<string, TemplateResource> = {};
  for (const file of files) {
    const template = JSON.parse(readFileSync(join(assemblyDirectory, file), 'utf8')) as {
      Resources: Record<string, TemplateResource>;
    };
    Object.assign(resources, template.Resources);
  }
  return billedResources(resources);
}
