import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, launchChromium } from '../scripts/launch-chromium.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const HUMAN_AIM_S = 180;
const TRIES_EVERY_MS = 500;
/** Whatever is not there by then does not come. */
const LONGEST_WAIT_MS = 20 * 60_000;
/** Amid the example: when its slow agent becomes slow. */
const SLOW_AFTER_MINUTES = 5;
const POOL = 'drafters';

interface Step {
  name: string;
  /** What a person types or clicks for it. */
  by: string;
  seconds: number;
}

/**
 * The way of somebody new, by the README, with a real clock: a clone, the two commands, the request of "With curl", the page in Chromium,
 * then a webhook of one's own with a test alert and a real one, and the dispatcher of the examples until it obeys its first directive. What is typed is taken from the
 * README where it stands there. Time to read and to type is not in it.
 * @returns whether the first own event was on the page within three minutes
 */
export async function benchFirstMinutes(
  print: (line: string) => void,
  tell: (line: string) => void = () => {},
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  if (!existsSync(CHROMIUM)) {
    print(`there is no ${CHROMIUM}: install Chromium (Debian: apt-get install chromium)`);
    return false;
  }
  const folder = join(mkdtempSync(join(tmpdir(), 'fleetpulse-bench-')), 'fleetpulse');
  const steps: Step[] = [];
  const ends: (() => Promise<unknown> | unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const step = async <Result>(name: string, by: string, act: () => Promise<Result> | Result): Promise<Result> => {
    const startedMs = performance.now();
    const result = await act();
    steps.push({ name, by, seconds: (performance.now() - startedMs) / 1_000 });
    tell(wordsOf(steps.at(-1) as Step));
    return result;
  };
  try {
    await step('clone', 'git clone', () => execFileSync('git', ['clone', '--quiet', REPOSITORY, folder]));
    await step('install', 'npm ci', () => execFileSync('npm', ['ci'], { cwd: folder, stdio: 'ignore' }));
    const service = await step('start until the key is printed', 'npm start', () => startService(folder, ends));
    const env = { ...process.env, FLEETPULSE_URL: service.url, FLEETPULSE_KEY: service.key };
    await step('first own event accepted', 'the request of the README', () => {
      const answer = execFileSync('bash', ['-c', curlOf(folder)], { env, encoding: 'utf8' });
      if (!answer.includes('"accepted":3')) throw new Error(`the README's request was answered ${answer}`);
    });
    await step('the agent is on the page', 'the link that npm start printed', async () => {
      const browser = await launchChromium();
      ends.push(() => browser.close());
      const page = await browser.newPage();
      await page.goto(service.link);
      await page.getByText('writer-1').first().waitFor({ timeout: LONGEST_WAIT_MS });
    });
    const untilPage = steps.reduce((sum, { seconds }) => sum + seconds, 0);
    const webhook = await step('own webhook subscribed', 'a request', () => subscribe(service, ends));
    await step('test alert received', 'a request', async () => {
      await ask(service, 'POST', '/v1/alerts/test', {});
      await until(() => webhook.bodies.length > 0);
    });
    const known = webhook.bodies.length;
    await step('first real alert received', 'nothing: its pool sends nothing more', () =>
      until(() => webhook.bodies.slice(known).some((body) => body.includes('writers'))),
    );
    await step(
      'first directive obeyed',
      `the dispatcher of the examples, whose agent is slow after ${SLOW_AFTER_MINUTES} minutes`,
      async () => {
        // A pool of its own: of the one that fell silent there are directives already.
        const options = [
          ...['--pool', POOL],
          '--slowAfterMinutes',
          String(SLOW_AFTER_MINUTES),
          '--wellAfterMinutes',
          '30',
          '--minutes',
          '30',
        ];
        const dispatcher = spawn('npx', ['node', 'examples/dispatcher/dispatcher.ts', ...options], {
          cwd: folder,
          env,
          detached: true,
        });
        ends.push(() => kill(dispatcher));
        await until(async () => {
          const { directives } = (await ask(service, 'GET', `/v1/directives?target=${POOL}`)) as {
            directives: { applied?: boolean }[];
          };
          return directives.some(({ applied }) => applied === true);
        });
      },
    );
    for (const it of steps) print(wordsOf(it));
    print(`from the clone to the first own event on the page: ${untilPage.toFixed(0)} s`);
    for (const { name, seconds } of steps) record({ name, value: seconds, unit: 's', betterIs: 'lower' });
    record({
      ...{ name: 'from the clone to the first own event on the page', value: untilPage, unit: 's' },
      ...{ betterIs: 'lower', aim: HUMAN_AIM_S },
    });
    return untilPage <= HUMAN_AIM_S;
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function wordsOf({ name, by, seconds }: Step): string {
  return `${name} (${by}): ${seconds.toFixed(1)} s`;
}

interface Service {
  url: string;
  key: string;
  link: string;
}

async function startService(folder: string, ends: (() => unknown)[]): Promise<Service> {
  const child = spawn('npm', ['start', '--', '--port', '0'], { cwd: folder, detached: true });
  ends.push(() => kill(child));
  let printed = '';
  const found = () => {
    // The last line that it prints.
    const url = /^ready (\S+)$/m.exec(printed)?.[1];
    const key = /\bfp_[\w-]+/.exec(printed)?.[0];
    const link = /^page, signed in .*: (\S+)$/m.exec(printed)?.[1];
    return url && key && link ? { url, key, link } : undefined;
  };
  child.stdout.on('data', (chunk: Buffer) => {
    printed += String(chunk);
  });
  await until(() => found() !== undefined || child.exitCode !== null);
  const service = found();
  if (!service) throw new Error(`npm start printed no address, link and key:\n${printed}`);
  return service;
}

/** The shell block below "With curl". */
function curlOf(folder: string): string {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const block = /### With curl\n+```sh\n([\s\S]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error('the README has no request under "With curl"');
  return block;
}

async function subscribe(service: Service, ends: (() => unknown)[]): Promise<{ bodies: string[] }> {
  const bodies: string[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await ask(service, 'POST', '/_local/subscriptions', { topic: 'Alerts', protocol: 'http', endpoint });
  return { bodies };
}

async function ask({ url, key }: Service, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + LONGEST_WAIT_MS;
  while (!(await isThere())) {
    if (performance.now() > untilMs) throw new Error(`it did not come within ${LONGEST_WAIT_MS / 60_000} minutes`);
    await sleep(TRIES_EVERY_MS);
  }
}

/** With everything that it started. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}
