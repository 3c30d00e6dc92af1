import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { type RequestListener, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import { isFromProgramHere } from './loopback.ts';

export type DynamodbKind = 'native' | 'javascript';

export interface DynamodbEmulator {
  kind: DynamodbKind;
  /** A loopback address. */
  host: string;
  port: number;
  close: () => Promise<void>;
}

const dataFiles: Record<DynamodbKind, string> = { native: 'dynamodb.sqlite', javascript: 'dynamodb.level' };

/**
 * Starts a DynamoDB emulator on a free loopback port, with its data in a file of the data directory.
 * @param keeps `nothing` has its data in memory instead: five times as fast at writing, and gone at the end
 * @throws LocalCloudError when it does not start, or when the directory holds the data of the other kind
 */
export async function startDynamodbEmulator(
  dataDirectory: string,
  wanted: DynamodbKind | undefined,
  keeps: 'everything' | 'nothing' = 'everything',
): Promise<DynamodbEmulator> {
  const kind = wanted ?? (nativeBinary() === undefined ? 'javascript' : 'native');
  const other = kind === 'native' ? 'javascript' : 'native';
  const file = join(dataDirectory, dataFiles[kind]);
  if (!existsSync(file) && existsSync(join(dataDirectory, dataFiles[other]))) {
    throw new LocalCloudError(
      `${dataDirectory} was written with --dynamodb ${other}: use that, or another data folder`,
    );
  }
  const kept = keeps === 'everything' ? file : undefined;
  return kind === 'native' ? startNative(dataDirectory, kept) : startJavascript(kept);
}

function nativeBinary(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    const packageFile = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    const binary = join(dirname(packageFile), 'dynoxide');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs a command until standard input closes, which the kernel does for us even when this process is killed:
 * no emulator is left behind.
 */
const RUN_WHILE_INPUT_IS_OPEN = `exec 3<&0
"$@" 3<&- &
child=$!
{ while read -r _ <&3; do :; done; kill "$child"; } 2>/dev/null &
exec 3<&-
wait "$child"`;

async function startNative(dataDirectory: string, file: string | undefined): Promise<DynamodbEmulator> {
  const binary = nativeBinary();
  if (binary === undefined) {
    throw new LocalCloudError('@dynoxide/linux-x64 is not installed here: use --dynamodb javascript');
  }
  const host = hiddenLoopback();
  const port = await freePort(host);
  const command = [
    binary,
    'serve',
    '--host',
    host,
    '--port',
    String(port),
    ...(file === undefined ? [] : ['--db-path', file]),
  ];
  const child = spawn('/bin/sh', ['-c', RUN_WHILE_INPUT_IS_OPEN, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(dataDirectory, 'logs', 'dynamodb.log'), { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<'ended'>((resolve) => {
    child.once('error', () => resolve('ended'));
    child.once('exit', () => resolve('ended'));
  });
  const close = async () => {
    child.stdin.end();
    await ended;
    log.end();
  };
  const outcome = await Promise.race([ended, answering(host, port)]);
  if (outcome === 'answering') return { kind: 'native', host, port, close };
  await close();
  throw new LocalCloudError(`the DynamoDB emulator did not start: see ${join(dataDirectory, 'logs', 'dynamodb.log')}`);
}

/**
 * One of the sixteen million addresses of this machine's own (Linux answers on all of 127.0.0.0/8). The native emulator takes any
 * credentials and tells browsers that every page may read its answers; with its port among ten thousands, no page finds it by trying.
 */
function hiddenLoopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

/** It too would let every page read its answers. */
function refuseBrowsers(server: Server): void {
  const [answer, ...others] = server.listeners('request') as RequestListener[];
  if (!answer || others.length > 0) throw new LocalCloudError('the DynamoDB emulator does not answer as it used to');
  server.removeListener('request', answer);
  server.on('request', (incoming, outgoing) => {
    if (isFromProgramHere(incoming.headers)) return answer.call(server, incoming, outgoing);
    outgoing.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
    outgoing.end('only programs of this machine are answered');
  });
}

async function startJavascript(file: string | undefined): Promise<DynamodbEmulator> {
  const { default: dynalite } = await import('dynalite');
  const server = dynalite({
    ...(file !== undefined && { path: file }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  // In this process, a server busy for seconds would close connections that clients are about to write to.
  server.keepAliveTimeout = 0;
  refuseBrowsers(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { kind: 'javascript', host: '127.0.0.1', port: (server.address() as AddressInfo).port, close };
}

async function answering(host: string, port: number): Promise<'answering' | 'silent'> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const reached = await new Promise<boolean>((resolve) => {
      const probe = request({ port, host, method: 'GET' }, (response) => {
        response.resume();
        resolve(true);
      });
      probe.once('error', () => resolve(false));
      probe.end();
    });
    if (reached) return 'answering';
    await delay(10);
  }
  return 'silent';
}
