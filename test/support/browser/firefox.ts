import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import type { TestHost } from '../turn/netns.ts';
import { bridgeTo } from './netns-bridge.ts';

/**
 * Firefox ESR, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), because Playwright needs a patched
 * Firefox.
 */
export interface Firefox {
  /**
   * Opens a window, not a tab, so that the page is visible and not throttled.
   * @param preload source of a JavaScript function that runs before the scripts of every page
   */
  newPage(url: string, preload?: string): Promise<FirefoxPage>;
  /** Ends the browser and deletes its profile. */
  close(): Promise<void>;
}

export interface FirefoxPage {
  goto(url: string): Promise<void>;
  /**
   * Evaluates a JavaScript expression in the page, awaits the result and returns it as JSON; `undefined` becomes null.
   * Rejects with the page's error.
   */
  evaluate(expression: string): Promise<unknown>;
  /** Evaluates an expression until it is true. Rejects after `ms`. */
  until(expression: string, ms?: number): Promise<void>;
  /** Clicks the middle of an element. */
  click(selector: string): Promise<void>;
  /** Presses or releases a key, named by what it types, or `Tab`. Keys stay down between calls. */
  key(type: 'keyDown' | 'keyUp', key: string): Promise<void>;
  close(): Promise<void>;
}

type Preference = string | number | boolean;

/** Fake camera and microphone without prompts, and no network traffic of Firefox's own. */
const PREFERENCES: Readonly<Record<string, Preference>> = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.getusermedia.insecure.enabled': true,
  'media.devices.insecure.enabled': true,
  // Host candidates with addresses, because test machines have no mDNS.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Drawing a window in software at 60 fps takes a third of a core.
  'layout.frame_rate': 10,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.server': '',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/** Starts a headless Firefox with a profile of its own, on a host of a test network or on this machine. */
export async function launchFirefox(
  preferences: Readonly<Record<string, Preference>> = {},
  host?: TestHost,
): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'parley-firefox-'));
  const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const flags = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const [command, args] = host?.within('firefox-esr', ...flags) ?? ['firefox-esr', flags];
  const browser = spawn(command, [...args, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  const ended = new Promise<void>((resolve) => browser.once('close', () => resolve()));
  let endBridge: (() => void) | undefined;
  const end = async () => {
    endBridge?.();
    browser.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const address = new URL(await endpoint(browser));
    const socket = join(profile, 'bidi');
    if (host !== undefined) endBridge = await bridgeTo(host, address.port, socket);
    const session = host === undefined ? `${address.origin}/session` : `ws+unix:${socket}:/session`;
    // Firefox takes no other name for itself.
    const bidi = await connect(session, address.host);
    await bidi.send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
    return {
      newPage: (url, preload) => openPage(bidi, url, preload),
      close() {
        bidi.close();
        return end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function openPage(bidi: Bidi, url: string, preload: string | undefined): Promise<FirefoxPage> {
  const { context } = v.parse(Context, await bidi.send('browsingContext.create', { type: 'window' }));
  if (preload !== undefined)
    await bidi.send('script.addPreloadScript', { functionDeclaration: preload, contexts: [context] });
  const page = pageOf(bidi, context);
  await page.goto(url);
  return page;
}

const Point = v.object({ x: v.number(), y: v.number() });
/** WebDriver's codes of keys without a character (WebDriver, 17.4.2). */
const KEY_CODES: ReadonlyMap<string, string> = new Map([['Tab', '\uE004']]);
const Context = v.object({ context: v.string() });
const Evaluated = v.variant('type', [
  v.object({
    type: v.literal('success'),
    result: v.object({ type: v.literal('string'), value: v.string() }),
  }),
  v.object({ type: v.literal('exception'), exceptionDetails: v.object({ text: v.string() }) }),
]);

function pageOf(bidi: Bidi, context: string): FirefoxPage {
  const page: FirefoxPage = {
    async goto(url) {
      await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async evaluate(expression) {
      const answer = await bidi.send('script.evaluate', {
        expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
        target: { context },
        awaitPromise: true,
        userActivation: true,
      });
      const evaluated = v.parse(Evaluated, answer);
      if (evaluated.type === 'exception') throw new Error(`in the page: ${evaluated.exceptionDetails.text}`);
      return JSON.parse(evaluated.result.value);
    },
    async until(expression, ms = 15_000) {
      const deadline = performance.now() + ms;
      while ((await page.evaluate(expression)) !== true) {
        if (performance.now() > deadline) throw new Error(`not true within ${ms} ms: ${expression}`);
        await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
      }
    },
    async click(selector) {
      const middle = v.parse(
        Point,
        await page.evaluate(`(() => {
          const { left, top, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
          return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
        })()`),
      );
      const actions = [
        { type: 'pointerMove', ...middle },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await bidi.send('input.performActions', {
        context,
        actions: [{ type: 'pointer', id: 'mouse', actions }],
      });
    },
    async key(type, key) {
      const actions = [{ type, value: KEY_CODES.get(key) ?? key }];
      await bidi.send('input.performActions', {
        context,
        actions: [{ type: 'key', id: 'keyboard', actions }],
      });
    },
    async close() {
      await bidi.send('browsingContext.close', { context });
    },
  };
  return page;
}

/** Reads the address from stderr. */
function endpoint(browser: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`firefox-esr ${why}:\n${said}`));
    const timer = setTimeout(() => fail('opened no port within 60 s'), 60_000);
    browser.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    browser.once('error', ({ message }) => fail(message));
    browser.once('close', () => fail('ended'));
  });
}

interface Bidi {
  /** Rejects with the browser's error. */
  send(method: string, params: object): Promise<unknown>;
  close(): void;
}

const Answer = v.variant('type', [
  v.object({ type: v.literal('success'), id: v.number(), result: v.unknown() }),
  v.object({ type: v.literal('error'), id: v.nullable(v.number()), error: v.string(), message: v.string() }),
  v.object({ type: v.literal('event'), method: v.string() }),
]);

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

async function connect(url: string, host: string): Promise<Bidi> {
  const socket = new WebSocket(url, { perMessageDeflate: false, headers: { host } });
  const waiting = new Map<number, Waiting>();
  let count = 0;
  socket.on('message', (data) => {
    const answer = v.parse(Answer, JSON.parse(String(data)));
    if (answer.type === 'event' || answer.id === null) return;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.type === 'success') asked?.resolve(answer.result);
    else asked?.reject(new Error(`${answer.error}: ${answer.message}`));
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'));
    waiting.clear();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.on('error', reject);
  });
  return {
    send(method, params) {
      const id = ++count;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.terminate(),
  };
}
