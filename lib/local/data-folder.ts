import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  type WriteStream,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { LocalCloudError } from './local-cloud-error.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** Folders this process has open, by path: a process id alone cannot tell them apart from a stale note. */
const openFolders = new Set<string>();

/** The folder that keeps everything of a local cloud. One process at a time may use it. */
export class DataFolder {
  readonly path: string;
  readonly #logs = new Map<string, WriteStream>();

  /** @throws LocalCloudError when another running process uses the folder */
  constructor(path: string) {
    this.path = resolve(path);
    // What agents do is nobody's business among others who use the machine.
    mkdirSync(join(this.path, 'logs'), { recursive: true, mode: 0o700 });
    const holder = existsSync(this.#lockFile) ? Number(readFileSync(this.#lockFile, 'utf8')) : undefined;
    const inUse = holder === process.pid ? openFolders.has(this.path) : holder !== undefined && isRunning(holder);
    if (inUse) {
      throw new LocalCloudError(
        `${this.path} is in use by process ${holder}: stop that one or choose another with --data`,
      );
    }
    writeFileSync(this.#lockFile, String(process.pid));
    openFolders.add(this.path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Time of the manual clock when it was last moved. */
  storedClockMs(): number | undefined {
    if (!existsSync(this.file('clock.json'))) return undefined;
    const { now } = JSON.parse(readFileSync(this.file('clock.json'), 'utf8')) as { now: string };
    return Date.parse(now);
  }

  saveClock(nowMs: number): void {
    writeFileAtomically(this.file('clock.json'), JSON.stringify({ now: new Date(nowMs).toISOString() }));
  }

  logFile(name: string): string {
    return join(this.path, 'logs', `${name}.log`);
  }

  log(name: string, chunk: Buffer | string): void {
    let stream = this.#logs.get(name);
    if (!stream) {
      stream = createWriteStream(this.logFile(name), { flags: 'a' });
      this.#logs.set(name, stream);
    }
    stream.write(chunk);
  }

  async close(): Promise<void> {
    const streams = [...this.#logs.values()];
    this.#logs.clear();
    await Promise.all(streams.map((stream) => new Promise<void>((done) => stream.end(done))));
    rmSync(this.#lockFile, { force: true });
    openFolders.delete(this.path);
  }

  get #lockFile(): string {
    return this.file('in-use-by');
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
