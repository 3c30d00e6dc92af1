import type { CloudAssembly, StackTemplate, TemplateResource } from './cloud-assembly.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import type { PhysicalIds } from './physical-ids.ts';

/** Values of template expressions (Ref, Fn::GetAtt, Fn::Join ...) as CloudFormation would compute them at deployment. */
export class TemplateValues {
  readonly #stacks: Map<string, StackTemplate>;
  readonly #physicalIds: PhysicalIds;

  constructor(assembly: CloudAssembly, physicalIds: PhysicalIds) {
    this.#stacks = new Map(assembly.stacks.map((stack) => [stack.name, stack]));
    this.#physicalIds = physicalIds;
  }

  /** The value without intrinsics; undefined where the template says AWS::NoValue. */
  resolve(stack: StackTemplate, value: Json): Json | undefined {
    if (Array.isArray(value)) {
      return value.map((element) => this.resolve(stack, element)).filter((element) => element !== undefined);
    }
    if (!isJsonObject(value)) return value;
    const [only, ...others] = Object.keys(value);
    if (only !== undefined && others.length === 0 && (only === 'Ref' || only.startsWith('Fn::'))) {
      return this.#intrinsic(stack, only, value[only] ?? null);
    }
    const resolved: JsonObject = {};
    for (const [key, element] of Object.entries(value)) {
      const inner = this.resolve(stack, element);
      if (inner !== undefined) resolved[key] = inner;
    }
    return resolved;
  }

  /** Whether a template condition holds. */
  holds(stack: StackTemplate, name: string): boolean {
    const condition = stack.conditions[name];
    if (condition === undefined) throw new LocalCloudError(`${stack.name}: there is no condition ${name}`);
    return this.#condition(stack, condition);
  }

  #intrinsic(stack: StackTemplate, name: string, argument: Json): Json | undefined {
    const text = (value: Json | undefined) => this.#text(stack, name, value);
    const list = (value: Json | undefined): Json[] => {
      const resolved = value === undefined ? undefined : this.resolve(stack, value);
      if (Array.isArray(resolved)) return resolved;
      throw this.#malformed(stack, name, argument);
    };
    const [first, second, third] = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Ref':
        return this.#reference(stack, text(argument));
      case 'Fn::GetAtt': {
        const path = Array.isArray(argument) ? argument.map(text) : text(argument).split('.');
        return this.#attribute(stack, path[0] ?? '', path.slice(1).join('.'));
      }
      case 'Fn::Join':
        return list(second).map(text).join(text(first));
      case 'Fn::Sub':
        return this.#substitute(stack, argument);
      case 'Fn::Select':
        return list(second)[Number(text(first))] ?? this.#throw(this.#malformed(stack, name, argument));
      case 'Fn::Split':
        return text(second).split(text(first));
      case 'Fn::If':
        return this.resolve(stack, (this.holds(stack, text(first)) ? second : third) ?? null);
      case 'Fn::FindInMap': {
        const entry = stack.mappings[text(first)];
        const row = isJsonObject(entry) ? entry[text(second)] : undefined;
        const found = isJsonObject(row) ? row[text(third)] : undefined;
        return found ?? this.#throw(this.#malformed(stack, name, argument));
      }
      case 'Fn::Base64':
        return Buffer.from(text(argument)).toString('base64');
      case 'Fn::ImportValue':
        return this.#exported(stack, text(argument));
      case 'Fn::GetStackOutput': {
        if (!isJsonObject(argument)) throw this.#malformed(stack, name, argument);
        return this.#output(stack, text(argument['StackName']), text(argument['OutputName']));
      }
      default:
        throw new LocalCloudError(`${stack.name}: the intrinsic function ${name} is not supported by the local cloud`);
    }
  }

  #reference(stack: StackTemplate, name: string): Json | undefined {
    if (name === 'AWS::NoValue') return undefined;
    const pseudo = this.#physicalIds.pseudoParameter(stack.name, name);
    if (pseudo !== undefined) return pseudo;
    const parameter = stack.parameters[name];
    if (isJsonObject(parameter)) {
      if (parameter['Default'] !== undefined) return parameter['Default'];
      throw new LocalCloudError(`${stack.name}: parameter ${name} has no default, and the local cloud sets none`);
    }
    const resource = this.#resource(stack, name);
    return this.#physicalIds.reference(resource, (value) => this.resolve(stack, value));
  }

  #attribute(stack: StackTemplate, logicalId: string, attribute: string): Json {
    const resource = this.#resource(stack, logicalId);
    return this.#physicalIds.attribute(resource, attribute, (value) => this.resolve(stack, value));
  }

  #resource(stack: StackTemplate, logicalId: string): TemplateResource {
    const resource = stack.resources.get(logicalId);
    if (resource) return resource;
    throw new LocalCloudError(`${stack.name}: nothing in the template is called ${logicalId}`);
  }

  #substitute(stack: StackTemplate, argument: Json): string {
    const [template, variables] = Array.isArray(argument) ? argument : [argument];
    return this.#text(stack, 'Fn::Sub', template).replace(
      /\$\{(!?)([^}]*)\}/g,
      (_match, literal: string, name: string) => {
        if (literal) return `\${${name}}`;
        const variable = isJsonObject(variables) ? variables[name] : undefined;
        if (variable !== undefined) return this.#text(stack, 'Fn::Sub', variable);
        const dot = name.indexOf('.');
        const value =
          dot < 0 ? this.#reference(stack, name) : this.#attribute(stack, name.slice(0, dot), name.slice(dot + 1));
        return this.#text(stack, 'Fn::Sub', value);
      },
    );
  }

  #exported(stack: StackTemplate, name: string): Json | undefined {
    for (const other of this.#stacks.values()) {
      for (const output of Object.values(other.outputs)) {
        const exported = isJsonObject(output) ? output['Export'] : undefined;
        if (!isJsonObject(output) || !isJsonObject(exported)) continue;
        if (this.resolve(other, exported['Name'] ?? null) === name) return this.resolve(other, output['Value'] ?? null);
      }
    }
    throw new LocalCloudError(`${stack.name}: no stack exports ${name}`);
  }

  #output(stack: StackTemplate, stackName: string, outputName: string): Json | undefined {
    const other = this.#stacks.get(stackName);
    const output = other?.outputs[outputName];
    if (other && isJsonObject(output)) return this.resolve(other, output['Value'] ?? null);
    throw new LocalCloudError(`${stack.name}: stack ${stackName} has no output ${outputName}`);
  }

  #condition(stack: StackTemplate, condition: Json): boolean {
    if (!isJsonObject(condition)) throw this.#malformed(stack, 'Conditions', condition);
    const [name = ''] = Object.keys(condition);
    const argument = condition[name] ?? null;
    const operands = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Condition':
        return this.holds(stack, String(argument));
      case 'Fn::Equals':
        return this.resolve(stack, operands[0] ?? null) === this.resolve(stack, operands[1] ?? null);
      case 'Fn::And':
        return operands.every((operand) => this.#condition(stack, operand));
      case 'Fn::Or':
        return operands.some((operand) => this.#condition(stack, operand));
      case 'Fn::Not':
        return !operands.some((operand) => this.#condition(stack, operand));
      default:
        throw this.#malformed(stack, 'Conditions', condition);
    }
  }

  #text(stack: StackTemplate, intrinsic: string, value: Json | undefined): string {
    const resolved = value === undefined ? undefined : this.resolve(stack, value);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw this.#malformed(stack, intrinsic, value ?? null);
  }

  #malformed(stack: StackTemplate, intrinsic: string, argument: Json): LocalCloudError {
    return new LocalCloudError(`${stack.name}: cannot resolve ${intrinsic} of ${JSON.stringify(argument)}`);
  }

  #throw(error: LocalCloudError): never {
    throw error;
  }
}
