import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { keepCaptures, liveCaptures } from '../support/browser/page-media.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { connectRaw } from '../support/server/ws-client.ts';

const { server, arrive } = peopleOnServer();

/** A person in a call with a host. With `slow`, requests of that kind are held from now on. */
async function setUp(slow: 'nothing' | 'getDisplayMedia' | 'getUserMedia') {
  const { accessToken } = await signIn(server.url, { displayName: 'Host' });
  const { id } = await createRoom(server.url, accessToken);
  const host = connectRaw({ wsUrl: server.wsUrl, path: `/ws/rooms/${id}`, token: accessToken });
  await host.next('room:joined');
  const person = await arrive('Ada', keepCaptures, holdAnswers);
  const { page } = person;
  await person.join(`${server.url}/connect/${id}`);
  await page.locator('li.tile[data-self=true][data-camera=on]').waitFor();
  const { peerId } = (await host.next('peer:joined')).payload.peer;
  if (slow !== 'nothing')
    await page.evaluate((name) => dispatchEvent(new CustomEvent('hold', { detail: name })), slow);
  return { host, person, page, peerId };
}

/**
 * Runs in the page before its own scripts: after a `hold` event, requests are answered only after a `release` event.
 */
function holdAnswers(): void {
  const held = new Set<unknown>();
  addEventListener('hold', (event) => held.add(event instanceof CustomEvent ? event.detail : ''));
  const devices = navigator.mediaDevices;
  for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
    const ask = devices[name].bind(devices);
    devices[name] = async (constraints?: MediaStreamConstraints) => {
      const stream = await ask(constraints);
      if (!held.has(name)) return stream;
      document.documentElement.dataset['held'] = name;
      await new Promise((resolve) => addEventListener('release', resolve, { once: true }));
      return stream;
    };
  }
}

/** Held answers take a few turns of the event loop. */
async function nothingIsLive(page: Page): Promise<void> {
  await vi.waitFor(async () => expect(await page.evaluate(liveCaptures)).toEqual([]), { timeout: 10_000 });
}

const GOINGS = ['kicked', 'closed', 'left', 'home'] as const;

async function go(
  how: (typeof GOINGS)[number],
  { host, person, page, peerId }: Awaited<ReturnType<typeof setUp>>,
) {
  if (how === 'kicked') host.send('room:kick', { peerId, ban: false });
  if (how === 'closed') host.send('room:close', {});
  if (how === 'left' || how === 'home') await person.leave();
  await page.locator('.message-page h1').waitFor();
  if (how !== 'home') return;
  await page.locator('.choices').getByRole('button').last().click();
  await page.getByRole('button', { name: en.home.start }).waitFor();
}

describe('after a call', () => {
  it.each(GOINGS)('nothing is captured (%s)', async (how) => {
    const scene = await setUp('nothing');
    await scene.person.shareScreen();
    await scene.page.locator('li.tile.own-screen').waitFor();
    expect((await scene.page.evaluate(liveCaptures)).length).toBeGreaterThanOrEqual(3);
    await go(how, scene);
    await nothingIsLive(scene.page);
  });

  it.each(GOINGS)('a screen chosen too late is stopped (%s)', async (how) => {
    const scene = await setUp('getDisplayMedia');
    await scene.person.shareScreen();
    await scene.page.locator('html[data-held=getDisplayMedia]').waitFor();
    await go(how, scene);
    await scene.page.evaluate(() => dispatchEvent(new Event('release')));
    await nothingIsLive(scene.page);
  });

  it.each(GOINGS)('a camera that opens too late is stopped (%s)', async (how) => {
    const scene = await setUp('getUserMedia');
    await scene.page.getByRole('button', { name: en.call.cameraOff }).click();
    await scene.page.getByRole('button', { name: en.call.cameraOn }).click();
    await scene.page.locator('html[data-held=getUserMedia]').waitFor();
    await go(how, scene);
    await scene.page.evaluate(() => dispatchEvent(new Event('release')));
    await nothingIsLive(scene.page);
  });

  it('S pressed twice opens one dialog, and one screen is captured', async () => {
    const scene = await setUp('getDisplayMedia');
    await scene.page.keyboard.press('s');
    await scene.page.keyboard.press('s');
    await scene.page.locator('html[data-held=getDisplayMedia]').waitFor();
    await scene.page.evaluate(() => dispatchEvent(new Event('release')));
    await scene.page.locator('li.tile.own-screen').waitFor();
    const videos = (await scene.page.evaluate(liveCaptures)).filter((kind) => kind === 'video');
    expect(videos).toHaveLength(2);
  });
});
