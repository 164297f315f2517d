import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { TestHost } from '../turn/netns.ts';

/** Fake camera and microphone that nobody is asked for, and no talk of Chromium's own with the network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Of all the pages in a test one is in front; the others must not be slowed down for that.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

const EXECUTABLE = '/usr/bin/chromium';

/** A Chromium on a host of a test network, which may give `origin` camera and microphone though it is not https. */
export async function launchBrowserOn(host: TestHost, origin: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-chromium-'));
  const [command, args] = host.within(EXECUTABLE);
  const program = join(folder, 'chromium');
  writeFileSync(program, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, { mode: 0o755 });
  const browser = await chromium.launch({
    executablePath: program,
    headless: true,
    args: [...FLAGS, `--unsafely-treat-insecure-origin-as-secure=${origin}`],
  });
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** Debian's Chromium, without a window. Each launch has a profile of its own, which goes when it is closed. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: [...FLAGS, ...more] });
}

/** A browser that can be killed, as by a power cut: no page of it gets to say goodbye. */
export async function launchDoomedBrowser(): Promise<{ browser: Browser; kill: () => Promise<void> }> {
  const server = await chromium.launchServer({
    executablePath: EXECUTABLE,
    headless: true,
    args: [...FLAGS],
  });
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}
