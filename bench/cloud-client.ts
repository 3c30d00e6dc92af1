import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LocalCloud } from '../lib/local/local-cloud.ts';

/** Asks a local cloud in this process over HTTP, as the holder of a key. */
export class CloudClient {
  readonly #cloud: LocalCloud;
  readonly #key: string;

  constructor(cloud: LocalCloud, key: string) {
    this.#cloud = cloud;
    this.#key = key;
  }

  async request(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    // An idle connection that the loop had no turn to close is cut off when it is used again.
    await nextTurn();
    const headers = { 'x-api-key': this.#key, 'content-type': 'application/json' };
    const answer = await fetch(`${this.#cloud.url}${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** @returns the JSON that it is answered with, whatever the status */
  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const { text } = await this.request(method, path, body === undefined ? undefined : JSON.stringify(body));
    return JSON.parse(text) as Answer;
  }

  /** @throws Error when it is not answered with 200 */
  async get<Answer>(path: string): Promise<Answer> {
    const { status, text } = await this.request('GET', path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    return JSON.parse(text) as Answer;
  }
}
