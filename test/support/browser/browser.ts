import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { TestHost } from '../turn/netns.ts';

/** Frames per second of the fake cameras. */
export const CAMERA_FPS = 5;

/** Fake camera and microphone without prompts, and no network traffic of Chromium's own. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Frames of a camera cost most of what a test costs: enough of them to see a picture move.
  `--use-fake-device-for-media-stream=fps=${CAMERA_FPS}`,
  '--use-fake-ui-for-media-stream',
  // Samples: 43 ms. The default of 10 ms wakes a browser a hundred times a second.
  '--audio-buffer-size=2048',
  // Only one page of a test is in front; the others must not be throttled.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** The same, and host candidates carry addresses: the engine alone has no mDNS. */
export const ENGINE_FLAGS = [...FLAGS, '--disable-features=WebRtcHideLocalIpsWithMdns'];

/** The browser as people have it, with its windows and tabs, though none is on a screen. */
const CHROMIUM = '/usr/bin/chromium';
/** Its engine alone: pages, media and network are the same, and it takes half of the CPU time. */
export const ENGINE = '/usr/bin/chromium-headless-shell';

/**
 * Launches Chromium as people have it on a host of a test network. It treats `origin` as secure, so that camera and microphone work over
 * plain HTTP.
 */
export async function launchBrowserOn(
  host: TestHost,
  origin: string,
  more: readonly string[] = [],
): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-chromium-'));
  const [command, args] = host.within(CHROMIUM);
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

/** Launches Chromium's engine with a temporary profile. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: ENGINE, headless: true, args: [...ENGINE_FLAGS, ...more] });
}

/** Launches Chromium as people have it, with a temporary profile. */
export function launchWholeBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, ...more] });
}

/** Launches a browser that can be killed as by a power cut, without unload events. */
export async function launchDoomedBrowser(): Promise<{ browser: Browser; kill: () => Promise<void> }> {
  const server = await chromium.launchServer({ executablePath: ENGINE, headless: true, args: ENGINE_FLAGS });
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}
