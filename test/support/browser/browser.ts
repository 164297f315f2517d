import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { TestHost } from '../turn/netns.ts';

/** Fake camera and microphone without prompts, and no network traffic of Chromium's own. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Only one page of a test is in front; the others must not be throttled.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

export const EXECUTABLE = '/usr/bin/chromium';

/**
 * Launches Chromium on a host of a test network. It treats `origin` as secure, so that camera and microphone work over
 * plain HTTP.
 */
export async function launchBrowserOn(
  host: TestHost,
  origin: string,
  more: readonly string[] = [],
): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-chromium-'));
  const [command, args] = host.within(EXECUTABLE);
  const program = join(folder, 'chromium');
  writeFileSync(program, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, { mode: 0o755 });
  const browser = await chromium.launch({
    executablePath: program,
    headless: true,
    args: [...FLAGS, `--unsafely-treat-insecure-origin-as-secure=${origin}`, ...more],
  });
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** Launches a headless Chromium with a temporary profile. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: [...FLAGS, ...more] });
}

/** Launches a browser that can be killed as by a power cut, without unload events. */
export async function launchDoomedBrowser(): Promise<{ browser: Browser; kill: () => Promise<void> }> {
  const server = await chromium.launchServer({
    executablePath: EXECUTABLE,
    headless: true,
    args: [...FLAGS],
  });
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}
