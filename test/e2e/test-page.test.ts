import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { test as en } from '../../src/web/i18n/en-test.ts';
import { messagesFor } from '../../src/web/i18n/messages.ts';
import { test as ru } from '../../src/web/i18n/ru-test.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { launchFirefox } from '../support/browser/firefox.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { startRelayServer } from '../support/turn/relay-server.ts';

/** Max milliseconds of a whole test on a busy machine. */
const PATIENCE_MS = 60_000;

let browser: Browser;
const open: { close(): unknown }[] = [];
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
afterAll(() => browser.close());

type Look = (typeof DEVICES)[number];
const [DESK] = DEVICES;

async function visit(server: TestServer, look: Look = DESK, path = '/test'): Promise<Page> {
  const { device: _, ...options } = look;
  const context: BrowserContext = await browser.newContext({
    ...options,
    permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
  });
  open.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await prepare(page);
  await page.goto(new URL(path, server.url).href);
  return page;
}
/** What a test does to the page before it loads. */
let prepare: (page: Page) => Promise<unknown> = async () => {};
afterEach(() => {
  prepare = async () => {};
});

const started = async <Server extends TestServer>(starting: Promise<Server>): Promise<Server> => {
  const server = await starting;
  open.push(server);
  return server;
};
const textsOf = ({ locale }: Look) => (messagesFor([locale]).lang === 'ru' ? ru : en);
const press = (page: Page, text: string) => page.getByRole('button', { name: text, exact: true }).click();
const step = (page: Page, id: string) => page.locator(`.step[data-step=${id}]`);
const statuses = (page: Page) =>
  page
    .locator('.step')
    .evaluateAll((steps) => steps.map(({ dataset: { step: id, status } }) => `${id} ${status}`));
/** What the sentence may be if everything works: a busy machine can be slow. */
const working = ({ verdict }: typeof en | typeof ru) => [verdict.good, verdict.slow, verdict.lossy];
/** Presses Start, and waits for the sentence at the end. */
async function run(page: Page, t = en): Promise<string> {
  await press(page, t.start);
  await page.locator('.report').waitFor();
  return page.locator('.verdict').innerText();
}

/** A port at which packets arrive and nothing answers, as behind a firewall. */
async function blackHole(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '0.0.0.0');
  await once(socket, 'listening');
  open.push(socket);
  return socket.address().port;
}

/** Changes the addresses that the page is told. */
async function tellOtherServers(page: Page, change: (url: string) => string): Promise<void> {
  await page.route('**/ice-servers?for=test', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    for (const server of body.iceServers) server.urls = server.urls.map(change);
    await route.fulfill({ response, json: body });
  });
}

describe('the connection test', () => {
  it.each(DEVICES)('finds all well, signed out, on a $device ($locale, $colorScheme)', async (look) => {
    const t = textsOf(look);
    const server = await started(startRelayServer());
    const page = await visit(server, look);
    await page.getByRole('heading', { level: 1, name: t.headline }).waitFor();
    const isFine = (name: string) => expectFine(page, `test-${name}-${look.device}`);
    await isFine('idle');
    await press(page, t.start);
    await page.locator('.plot rect').nth(2).waitFor();
    await isFine('running');
    await page.locator('.report').waitFor();
    expect(working(t)).toContain(await page.locator('.verdict').innerText());
    await step(page, 'microphone').filter({ hasText: t.found.heard }).waitFor();
    expect(await statuses(page)).toEqual([
      'camera ok',
      'microphone ok',
      'speaker waiting',
      'http ok',
      'webSocket ok',
      'stun ok',
      'turnUdp ok',
      'turnTcp ok',
      'turnTls skipped',
      expect.stringMatching(/^loopback (ok|poor)$/),
    ]);
    await isFine('good');
    await press(page, t.speaker.play);
    await press(page, t.speaker.silent);
    await step(page, 'speaker').filter({ hasText: t.todo.toneSilent }).waitFor();
    await isFine('speaker');
  });

  it('asks for nothing and tries nothing before Start, and can be stopped', async () => {
    const server = await started(startRelayServer());
    const asked: string[] = [];
    prepare = async (page) => {
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.addInitScript(() => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (constraints) => {
          document.documentElement.dataset['asked'] = 'yes';
          return ask(constraints);
        };
      });
    };
    const page = await visit(server);
    await page.getByRole('button', { name: en.start }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator('html').getAttribute('data-asked')).toBeNull();
    expect(asked.filter((path) => path === '/ice-servers' || path === '/health')).toEqual([]);
    await press(page, en.start);
    await page.locator('.plot').waitFor();
    await press(page, en.stop);
    await page.getByText(en.verdict.stopped).waitFor();
    await expect.poll(() => server.figure('parley_turn_allocations'), { timeout: 10_000 }).toBe(0);
    await press(page, en.again);
    await page.locator('.report').waitFor();
    expect(working(en)).toContain(await page.locator('.verdict').innerText());
  });

  it('says that UDP is blocked and TCP works, and what to do', async () => {
    const server = await started(startRelayServer());
    const hole = await blackHole();
    prepare = (page) =>
      tellOtherServers(page, (url) => (/=tcp$/.test(url) ? url : url.replace(/:\d+(?=\?|$)/, `:${hole}`)));
    const page = await visit(server);
    expect(await run(page)).toBe(en.verdict.tcp_only);
    expect(await step(page, 'turnUdp').innerText()).toContain(en.todo.turnUdp);
    expect(await step(page, 'turnTcp').getAttribute('data-status')).toBe('ok');
    expect(await step(page, 'loopback').innerText()).toContain('over TCP');
    await expectFine(page, 'test-tcp-only-desk');
  });

  it('says that the relay is off, or down', async () => {
    const off = await visit(await started(startServer({ TURN: 'off' })));
    expect(await run(off)).toBe(en.verdict.no_relay);
    await expectFine(off, 'test-no-relay-desk');
    const server = await started(startRelayServer());
    const hole = await blackHole();
    prepare = (page) => tellOtherServers(page, (url) => url.replace(/:\d+(?=\?|$)/, `:${hole}`));
    const [, PHONE] = DEVICES;
    const page = await visit(server, PHONE);
    expect(await run(page, ru)).toBe(ru.verdict.no_path);
    await expectFine(page, 'test-no-path-phone');
  });

  it('says that there is no camera, that the microphone is blocked, and judges the connection all the same', async () => {
    const server = await started(startRelayServer());
    prepare = (page) =>
      page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = ({ audio } = {}) =>
          Promise.reject(new DOMException('', audio ? 'NotAllowedError' : 'NotFoundError'));
      });
    const page = await visit(server);
    expect(await run(page)).toBe(en.verdict.microphone);
    expect((await statuses(page)).slice(0, 3)).toEqual([
      'camera failed',
      'microphone failed',
      'speaker waiting',
    ]);
    expect(await step(page, 'camera').innerText()).toContain('No camera found.');
    expect(await step(page, 'loopback').getAttribute('data-status')).toMatch(/^(ok|poor)$/);
    await expectFine(page, 'test-no-devices-desk');
  });

  it('has a report to copy without addresses and secrets', async () => {
    const server = await started(startRelayServer());
    let secret = '';
    prepare = async (page) =>
      page.on('response', async (response) => {
        if (response.url().endsWith('for=test')) secret = (await response.json()).iceServers[1].credential;
      });
    const page = await visit(server);
    await run(page);
    await press(page, en.report.copy);
    await page.getByText(en.report.copied).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(
      /^Parley connection test\nTime: .*Z\nBrowser: Mozilla.*\nResult: .*\n\nCamera: works/,
    );
    expect(text).toMatch(
      /Data through the relay: (?:works|poor) \(\d+ kbit\/s, [\d.]+ % lost, over UDP, \d+ ms\)/,
    );
    expect(secret).not.toBe('');
    expect(text).not.toContain(secret);
    expect(text.replace(/Browser: .*/, '')).not.toMatch(/\d+\.\d+\.\d+\.\d+|127\.0|localhost|:\d{4,5}\b/);
  });

  it('works in Firefox', async () => {
    const server = await started(startRelayServer());
    const firefox = await launchFirefox();
    open.push(firefox);
    const page = await firefox.newPage(new URL('/test', server.url).href);
    await page.until('document.querySelector(".test-page .button.large") !== null', PATIENCE_MS);
    await page.click('.test-page .button.large');
    await page.until('document.querySelector(".report") !== null', PATIENCE_MS);
    expect(
      await page.evaluate(
        '[...document.querySelectorAll(".step")].map((s) => s.dataset.step + " " + s.dataset.status)',
      ),
    ).toEqual(
      expect.arrayContaining(['camera ok', 'http ok', 'webSocket ok', 'stun ok', 'turnUdp ok', 'turnTcp ok']),
    );
    // Without a sound card, Firefox gives Web Audio no samples of the microphone.
    expect([...working(en), en.verdict.silent]).toContain(
      await page.evaluate('document.querySelector(".verdict").textContent'),
    );
  });

  it('is led to from the home page', async () => {
    const page = await visit(await started(startServer({ TURN: 'off' })), DESK, '/');
    await page.getByRole('link', { name: 'Test camera and connection' }).click();
    await page.getByRole('heading', { name: en.headline }).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/test');
  });
});

describe('the lobby', () => {
  async function lobby(server: TestServer): Promise<Page> {
    const { accessToken } = await signIn(server.url);
    const room = await createRoom(server.url, accessToken, {});
    return visit(server, DESK, `/connect/${room.id}`);
  }

  it('says in one line that the connection is poor, and leads to the test in another tab', async () => {
    const server = await started(startRelayServer());
    const hole = await blackHole();
    prepare = (page) =>
      tellOtherServers(page, (url) => (/=tcp$/.test(url) ? url : url.replace(/:\d+(?=\?|$)/, `:${hole}`)));
    const page = await lobby(server);
    await page.getByText('Your network blocks UDP: pictures may stutter.').waitFor();
    await expectFine(page, 'test-lobby-poor-desk');
    const [test] = await Promise.all([
      page.waitForEvent('popup'),
      page.locator('.connection-line a').click(),
    ]);
    await test.getByRole('heading', { name: en.headline }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/connect\//);
  });

  it('says nothing if all is well, and joining ends the check', async () => {
    const server = await started(startRelayServer());
    const page = await lobby(server);
    await page.waitForResponse((response) => response.url().endsWith('/ice-servers?for=test'));
    await page.locator('[name=name]').fill('Ada');
    await page.locator('.enter button[type=submit]').click();
    await page.locator('.controls').waitFor();
    expect(await page.locator('.connection-line').count()).toBe(0);
    await expect.poll(() => server.figure('parley_turn_allocations'), { timeout: 10_000 }).toBe(0);
  });
});
