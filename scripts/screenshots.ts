import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, launchChromium } from './launch-chromium.ts';

// The program behind `npm run screenshots`: runs the demo and photographs its page for the README.

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');

interface Shot {
  name: string;
  /** Query of the address. */
  view?: string;
  width?: number;
  height: number;
  scheme?: 'light' | 'dark';
}

/** What to wait for in the demo's own words, and what to photograph then. */
const moments: readonly { after: RegExp; shots: readonly Shot[] }[] = [
  { after: /^ {2}DIRECTIVE /, shots: [{ name: 'incident', height: 900 }] },
  {
    after: /^ {2}VERDICT /,
    shots: [
      { name: 'verdict', height: 1_000 },
      { name: 'agent', view: '?agent=conv-07', height: 900 },
      { name: 'plan', view: '?tab=plan&pool=conv', height: 1_000, scheme: 'dark' },
      { name: 'narrow', width: 380, height: 1_000 },
    ],
  },
];

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
  // The link that the demo prints signs in once: all is photographed in the tab that it was opened in.
  let page: Page | undefined;
  const left = [...moments];
  for await (const line of createInterface({ input: stdout })) {
    console.log(line);
    const address = /http:\/\/\S+#sign-in=\S+/.exec(line)?.[0];
    if (page === undefined && address !== undefined) {
      page = await withBrowser.newPage();
      await page.goto(address);
      await page.getByRole('navigation', { name: 'Views' }).waitFor();
    }
    if (page !== undefined && left[0]?.after.test(line)) {
      for (const shot of left.shift()?.shots ?? []) await take(page, shot);
    }
    if (left.length === 0) return;
  }
  throw new Error(`the demo ended before ${left.flatMap(({ shots }) => shots.map(({ name }) => name)).join(', ')}`);
}

async function take(page: Page, { name, view = '', width = 1_280, height, scheme = 'light' }: Shot): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(new URL(`/${view}`, page.url()).href);
  // Long enough for the page to have asked for everything once more.
  await page.waitForTimeout(8_000);
  await page.screenshot({ path: join(images, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}
