import { withoutControls } from '../core/model/without-controls.ts';
import { problemText } from '../dashboard/needed-scope.ts';
import { CommandError } from './command-error.ts';

const LOCAL_URL = 'http://127.0.0.1:8787';
/** The most that a list gives at once. */
const PAGE = 1_000;

/** Query parameters by name; those without a value are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

export type AllPages<Name extends string, Item> = { [Of in Name]: Item[] } & { next: string | null };

/** The service at FLEETPULSE_URL, local or deployed, asked with the key in FLEETPULSE_KEY. */
export class Service {
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  get<Body>(path: string, query: Query = {}): Promise<Body> {
    return this.ask<Body>('GET', `${path}${queryText(query)}`);
  }

  /** A list page by page: the first answer with the items of all pages, and no next one. */
  async all<Name extends string, Item>(path: string, list: Name, query: Query = {}): Promise<AllPages<Name, Item>> {
    const asked = { limit: String(PAGE), ...query };
    let answer = await this.get<AllPages<Name, Item>>(path, asked);
    while (answer.next !== null) {
      const page: AllPages<Name, Item> = await this.get(path, { ...asked, cursor: answer.next });
      answer = { ...answer, [list]: [...answer[list], ...page[list]], next: page.next };
    }
    return answer;
  }

  /** @throws CommandError when nothing answers, or the service refuses, with what it says */
  async ask<Body>(method: string, path: string, body?: string): Promise<Body> {
    const response = await this.request(method, path, body);
    // What stands in front of the service may answer by itself, and in HTML.
    const answer = (await response.json().catch(() => null)) as (Body & { detail?: string }) | null;
    if (response.ok && answer !== null) return answer;
    const said = answer === null ? 'answered no JSON: is it the address of Fleetpulse?' : null;
    const because = answer?.detail === undefined ? JSON.stringify(answer) : problemText(answer.detail);
    const { url } = this.#address();
    const whose = response.status === 401 ? `. FLEETPULSE_KEY is no key of ${url}` : '';
    throw new CommandError(
      withoutControls(`${response.status}: ${said === null ? `${because}${whose}` : `${url} ${said}`}`),
    );
  }

  /** Sends a request and hands on whatever is answered. @throws CommandError when nothing answers */
  async request(method: string, path: string, body?: string): Promise<Response> {
    const { url, key } = this.#address();
    const isLines = path === '/v1/events' && body !== undefined && !/^\s*\{\s*"(events|batchId)"/.test(body);
    return fetch(`${url}${path}`, {
      method,
      headers: { 'x-api-key': key, 'content-type': isLines ? 'application/x-ndjson' : 'application/json' },
      ...(body === undefined ? {} : { body }),
    }).catch((error: unknown) => {
      throw new CommandError(
        `nothing answers at ${url} (${reasonOf(error)}): start one with npm start, or set FLEETPULSE_URL to where it is`,
      );
    });
  }

  #address(): { url: string; key: string } {
    const url = (this.#env['FLEETPULSE_URL'] || LOCAL_URL).replace(/\/+$/, '');
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new CommandError(`FLEETPULSE_URL must be an address such as ${LOCAL_URL}; got ${url}`);
    }
    const key = this.#env['FLEETPULSE_KEY'];
    if (!key) throw new CommandError('set FLEETPULSE_KEY to an API key (the first start of `npm start` prints one)');
    return { url, key };
  }
}

/** A segment of a path. */
export function segment(id: string): string {
  // Addresses are put in order before they are sent: such a segment would lead elsewhere.
  if (id === '.' || id === '..') throw new CommandError(`${id} is no name`);
  return encodeURIComponent(id);
}

function queryText(query: Query): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** What fetch says is that it failed; why is in its cause, which may be several. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof AggregateError) return reasonOf(error.cause.errors[0]);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
