import type { CloudAssembly, StackTemplate, TemplateResource } from './cloud-assembly.ts';
import { isJsonObject, type Json } from './json.ts';

/**
 * What acts while CloudFormation deploys and never afterwards: functions that are nothing but the `ServiceToken` of
 * custom resources, with the roles, policies and layers that only they use. None of it runs on one machine; what the
 * custom resources themselves ask for is another matter, and is supported by type or refused.
 */
export function deployTimeResources(assembly: CloudAssembly): ReadonlySet<TemplateResource> {
  return new Set(assembly.stacks.flatMap(ofStack));
}

function ofStack(stack: StackTemplate): TemplateResource[] {
  const users = usersById(stack);
  const used = (id: string) => users.get(id) ?? [];
  const found = new Map<string, TemplateResource>();
  const add = (type: RegExp, isDeployTime: (resource: TemplateResource) => boolean) => {
    for (const resource of stack.resources.values()) {
      if (type.test(resource.type) && isDeployTime(resource)) found.set(resource.logicalId, resource);
    }
  };
  add(/^AWS::Lambda::Function$/, ({ logicalId }) => {
    const uses = used(logicalId);
    return uses.length > 0 && uses.every(({ by, property }) => isCustom(by) && property === 'ServiceToken');
  });
  const onlyByFound = (uses: Use[]) => uses.length > 0 && uses.every(({ by }) => by && found.has(by.logicalId));
  add(/^AWS::Lambda::LayerVersion$/, ({ logicalId }) => onlyByFound(used(logicalId)));
  const isPolicy = ({ by }: Use) => by?.type === 'AWS::IAM::Policy';
  add(/^AWS::IAM::Role$/, ({ logicalId }) => onlyByFound(used(logicalId).filter((use) => !isPolicy(use))));
  add(/^AWS::IAM::Policy$/, ({ properties }) => {
    const roles = Array.isArray(properties['Roles']) ? properties['Roles'] : [];
    return roles.length > 0 && roles.every((role) => isJsonObject(role) && found.has(String(role['Ref'])));
  });
  return [...found.values()];
}

interface Use {
  /** undefined for an output of the stack, which anyone may read. */
  by: TemplateResource | undefined;
  property: string;
}

/** Logical id → what refers to it. */
function usersById(stack: StackTemplate): Map<string, Use[]> {
  const users = new Map<string, Use[]>();
  const note = (value: Json, use: Use): void => {
    for (const id of referencesIn(value)) users.set(id, [...(users.get(id) ?? []), use]);
  };
  for (const by of stack.resources.values()) {
    for (const [property, value] of Object.entries(by.properties)) note(value, { by, property });
  }
  note(stack.outputs, { by: undefined, property: 'Outputs' });
  return users;
}

function referencesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isJsonObject(value)) return [];
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Sub': substitution } = value;
  return [
    ...(typeof reference === 'string' ? [reference] : []),
    ...(Array.isArray(attribute) ? [String(attribute[0])] : []),
    ...(typeof attribute === 'string' ? [attribute.split('.')[0] ?? ''] : []),
    ...[substitution].flat().flatMap((text) => namesIn(text)),
    ...Object.values(value).flatMap(referencesIn),
  ];
}

function namesIn(text: Json | undefined): string[] {
  if (typeof text !== 'string') return [];
  return [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map((match) => match[1] ?? '');
}

function isCustom(resource: TemplateResource | undefined): boolean {
  return resource !== undefined && /^(Custom::|AWS::CloudFormation::CustomResource$)/.test(resource.type);
}
