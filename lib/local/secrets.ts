import { existsSync, readFileSync } from 'node:fs';
import type { NeededPermission } from './dynamodb-permissions.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { PhysicalIds } from './physical-ids.ts';

/** Secrets Manager as far as reading goes: the secrets are a file of the data folder, name to text. */
export class Secrets {
  readonly #file: string;
  readonly #ids: PhysicalIds;

  constructor(file: string, ids: PhysicalIds) {
    this.#file = file;
    this.#ids = ids;
  }

  /** What IAM asks for; undefined for an operation that is not supported here. */
  permissions(operation: string, request: JsonObject): NeededPermission[] | undefined {
    if (operation !== 'GetSecretValue') return undefined;
    return [{ action: 'secretsmanager:GetSecretValue', resource: this.#ids.secretArn(String(request['SecretId'])) }];
  }

  answer(request: JsonObject): { status: number; content: JsonObject } {
    const name = String(request['SecretId']);
    const text = this.#read()[name];
    if (typeof text !== 'string') {
      const message = `Secrets Manager can't find the specified secret: write {"${name}": "..."} to ${this.#file}`;
      return { status: 400, content: { __type: 'ResourceNotFoundException', Message: message } };
    }
    return { status: 200, content: { ARN: this.#ids.secretArn(name), Name: name, SecretString: text } };
  }

  #read(): JsonObject {
    if (!existsSync(this.#file)) return {};
    const parsed = JSON.parse(readFileSync(this.#file, 'utf8')) as Json;
    return isJsonObject(parsed) ? parsed : {};
  }
}
