import { setTimeout } from 'node:timers/promises';

const MAX_REPEATS = 20;

/** The API as the demo uses it, with its own key. */
export class DemoApi {
  readonly url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.#key = key;
  }

  /**
   * Comes again when it is told to.
   * @throws Error with the answer when it is not a success
   */
  async get<Body>(path: string): Promise<Body> {
    return this.#ask<Body>('GET', path);
  }

  /** Likewise. */
  async post<Body>(path: string, body: object): Promise<Body> {
    return this.#ask<Body>('POST', path, JSON.stringify(body));
  }

  /** Likewise. */
  async put<Body>(path: string, body: object): Promise<Body> {
    return this.#ask<Body>('PUT', path, JSON.stringify(body));
  }

  async #ask<Body>(method: 'GET' | 'POST' | 'PUT', path: string, body?: string): Promise<Body> {
    const headers = { 'x-api-key': this.#key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const ask = () => fetch(`${this.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    let response = await ask();
    for (let again = 0; again < MAX_REPEATS && (response.status === 429 || response.status === 503); again++) {
      await setTimeout(1_000 * Number(response.headers.get('retry-after') ?? 1));
      response = await ask();
    }
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }
}
