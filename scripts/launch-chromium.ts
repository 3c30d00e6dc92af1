import { type Browser, chromium } from 'playwright-core';

/** Where Debian installs it. */
export const CHROMIUM = '/usr/bin/chromium';

/** Headless, as whoever runs this, and without asking anybody outside of this machine. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
