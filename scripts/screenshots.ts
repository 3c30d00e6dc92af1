import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { CHROMIUM, launchChromium } from './launch-chromium.ts';

// The program behind `npm run screenshots`: runs the demo and photographs its page for the README.

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');

/** What to wait for in the demo's own words, and what to photograph then. */
const shots = [
  { after: /^ {2}DIRECTIVE /, waitMs: 6_000, name: 'incident', height: 720 },
  { after: /^ {2}VERDICT /, waitMs: 6_000, name: 'verdict', height: 1_000 },
] as const;

if (!existsSync(CHROMIUM)) {
  console.error(`there is no ${CHROMIUM}: install Chromium (Debian: apt-get install chromium)`);
  process.exit(1);
}
mkdirSync(images, { recursive: true });
const browser = await launchChromium();
const demo = spawn(process.execPath, [join(root, 'lib', 'cli', 'demo.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  await photograph(demo, browser);
} finally {
  demo.kill('SIGTERM');
  await browser.close();
}

async function photograph({ stdout }: ChildProcess, withBrowser: Browser): Promise<void> {
  if (!stdout) throw new Error('the demo has no output');
  let address: string | undefined;
  const left = [...shots];
  for await (const line of createInterface({ input: stdout })) {
    console.log(line);
    address ??= /http:\/\/\S+#key=\S+/.exec(line)?.[0];
    while (address !== undefined && left[0]?.after.test(line)) {
      const shot = left.shift();
      if (shot) await take(withBrowser, address, shot);
    }
    if (left.length === 0) return;
  }
  throw new Error(`the demo ended before ${left.map(({ name }) => name).join(', ')}`);
}

async function take(
  withBrowser: Browser,
  address: string,
  { name, height, waitMs }: (typeof shots)[number],
): Promise<void> {
  const page = await withBrowser.newPage({ viewport: { width: 1_280, height } });
  await page.goto(address);
  // Long enough for the page to have asked for everything once more.
  await page.waitForTimeout(2_000 + waitMs);
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.close();
  console.log(`docs/images/${name}.png`);
}
