/** The API as the demo uses it, with its own key. */
export class DemoApi {
  readonly url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.#key = key;
  }

  get<Body>(path: string): Promise<Body> {
    return this.#ask<Body>('GET', path);
  }

  post<Body>(path: string, body: unknown): Promise<Body> {
    return this.#ask<Body>('POST', path, JSON.stringify(body));
  }

  /** @throws Error with the answer when it is not a success */
  async #ask<Body>(method: string, path: string, body?: string): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-api-key': this.#key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }
}
