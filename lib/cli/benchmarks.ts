import { readFileSync } from 'node:fs';
import { CommandError } from './command-error.ts';
import { benchmarksImportCommand } from './commands/benchmarks-import.ts';
import { asJson } from './figure.ts';
import { readCommand } from './read-command.ts';
import { tableLines } from './table.ts';

/** How an import reaches the service. */
export interface BenchmarksApi {
  /** Sends a request and hands on whatever is answered. */
  put: (path: string, body: string) => Promise<Response>;
  print: (line: string) => void;
}

type Named = Readonly<Record<string, unknown>>;

/** What one file has: all of it may be left out. */
interface BenchmarksFile {
  domain?: unknown;
  /** By name. */
  entries: [name: string, body: unknown][];
  competitors: [name: string, body: unknown][];
}

/**
 * `cli benchmarks import FILE.json`: declares the domain and sets published figures and profiles of competitors, in that order,
 * because figures are checked against the domain. What is refused is told with the reason, and keeps nothing else out.
 * @returns whether all was taken
 * @throws CommandError when the file cannot be read, or the service refuses for another reason than what is in it
 */
export async function benchmarks([verb, ...args]: string[], api: BenchmarksApi): Promise<boolean> {
  if (verb !== 'import') throw new CommandError('benchmarks takes one file: cli benchmarks import FILE.json');
  const { operands, options } = readCommand(benchmarksImportCommand, args);
  const { domain, entries, competitors } = readFile(operands.file);
  const rows: string[][] = [];
  const send = async (what: string, name: string, path: string, body: unknown) => {
    rows.push([what, name, ...(await put(api, path, body))]);
  };
  if (domain !== undefined) await send('domain', String(domain), '/v1/benchmarks/settings', { domain });
  for (const [name, body] of entries) await send('entry', name, `/v1/benchmarks/entries/${name}`, body);
  for (const [name, body] of competitors) await send('competitor', name, `/v1/benchmarks/competitors/${name}`, body);
  const taken = rows.filter(([, , isTaken]) => isTaken === 'yes').length;
  if (options.json) {
    const told = rows.map(([what, name, isTaken, why]) => ({ what, name, taken: isTaken === 'yes', why: why || null }));
    api.print(asJson({ taken, of: rows.length, parts: told }));
  } else {
    for (const line of tableLines(['what', 'name', 'taken', 'why not'], rows)) api.print(line);
    api.print(`${taken} of ${rows.length} taken`);
  }
  return taken === rows.length;
}

const OF_THE_FILE = [400, 404, 409, 413, 422];

async function put({ put }: BenchmarksApi, path: string, body: unknown): Promise<[taken: string, why: string]> {
  // Addresses are put in order before they are sent: such a segment would lead elsewhere.
  if (path.split('/').some((part) => part === '.' || part === '..')) return ['no', 'a name has no part . or ..'];
  const response = await put(path.split('/').map(encodeURIComponent).join('/'), JSON.stringify(body));
  if (response.ok) return ['yes', ''];
  // What stands in front of the service may answer by itself, and in HTML.
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
  if (!OF_THE_FILE.includes(response.status)) {
    throw new CommandError(`${response.status}: ${detail ?? 'the service did not say why'}`);
  }
  return ['no', detail ?? String(response.status)];
}

function readFile(file: string): BenchmarksFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CommandError(`${file} cannot be read`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isNamed(content)) throw new CommandError(`${file} must be an object with domain, entries or competitors`);
  const { domain, entries, competitors, ...others } = content;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new CommandError(`${unknown} in ${file} is not known: use domain, entries, competitors`);
  }
  return { domain, entries: named('entries', entries, file), competitors: named('competitors', competitors, file) };
}

/** Bodies by name, or a list of bodies with their names. */
function named(field: string, content: unknown, file: string): [string, unknown][] {
  if (content === undefined) return [];
  if (isNamed(content)) return Object.entries(content);
  if (!Array.isArray(content)) throw new CommandError(`${field} in ${file} must be an object by name, or a list`);
  return content.map((item, i) => {
    const { name, ...body } = isNamed(item) ? item : {};
    if (typeof name !== 'string' || name === '') throw new CommandError(`${field}[${i}] in ${file} has no name`);
    return [name, body];
  });
}

function isNamed(content: unknown): content is Named {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}
