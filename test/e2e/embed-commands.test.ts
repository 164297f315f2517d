import type { FrameLocator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { ru } from '../../src/web/i18n/ru.ts';
import { browserOnSite } from '../support/browser/on-site.ts';
import { frameOf, run, siteToken, tells, toldOf } from '../support/browser/site.ts';

/** Chooses a screen by itself, as a person would in the browser's picker. */
const FLAGS = ['--auto-select-desktop-capture-source=Entire screen', '--auto-accept-this-tab-capture'];

const on = browserOnSite(FLAGS);
const { room, visit, enter } = on;

const controls = (frame: FrameLocator) => frame.getByRole('navigation', { name: en.call.controls });
const becomes = (page: Page, state: object) =>
  expect.poll(async () => (await toldOf(page, 'media')).at(-1), { timeout: 30_000 }).toMatchObject(state);

describe('commands of a site', () => {
  it('mute the microphone, stop the camera, and undo both', async () => {
    const page = await enter(await room(), 'Ada');
    const bar = controls(frameOf(page));
    await becomes(page, { audio: true, video: true, screen: false });
    await run(page, 'mute()');
    await becomes(page, { audio: false, video: true });
    await bar.getByRole('button', { name: en.call.unmute }).waitFor();
    await run(page, 'camera(false)');
    await becomes(page, { audio: false, video: false });
    await bar.getByRole('button', { name: en.call.cameraOn }).waitFor();
    await run(page, 'mute(false)');
    await run(page, 'camera(true)');
    await becomes(page, { audio: true, video: true });
    await frameOf(page).locator('li.tile[data-self=true] video').first().waitFor();
  });

  it('share a screen, and end that', async () => {
    const page = await enter(await room(), 'Ada');
    // The click that browsers want, inside the frame.
    await frameOf(page).getByRole('heading', { name: 'Tea' }).click();
    await run(page, 'share(true)');
    await becomes(page, { screen: true });
    await run(page, 'share(false)');
    await becomes(page, { screen: false });
  });

  it('lay people out, keep one of them large, and leave', async () => {
    const roomId = await room();
    const ada = await enter(roomId, 'Ada');
    await enter(roomId, 'Ben');
    const cleo = await enter(roomId, 'Cleo');
    await tells(ada, 'peerjoined', 2);
    const area = async (name: string) => {
      const box = await frameOf(ada).locator('li.tile', { hasText: name }).first().boundingBox();
      return (box?.width ?? 0) * (box?.height ?? 0);
    };
    const sizes = async () => Math.max(await area('Ben'), 1) / Math.max(await area('Cleo'), 1);
    await expect.poll(sizes, { timeout: 20_000 }).toBeCloseTo(1, 1);
    const { peerId } = (await toldOf(cleo, 'joined'))[0] ?? {};
    await run(ada, `pin('${String(peerId)}')`);
    await expect.poll(sizes, { timeout: 20_000 }).toBeLessThan(0.7);
    await run(ada, 'pin(null)');
    await expect.poll(sizes, { timeout: 20_000 }).toBeCloseTo(1, 1);
    await run(ada, "layout('speaker')");
    await expect
      .poll(async () => Math.abs(Math.log(await sizes())), { timeout: 20_000 })
      .toBeGreaterThan(0.4);
    await run(ada, "layout('grid')");
    await expect.poll(sizes, { timeout: 20_000 }).toBeCloseTo(1, 1);
    await run(ada, 'leave()');
    expect((await tells(ada, 'left')).detail).toEqual({ reason: 'left' });
    expect((await tells(cleo, 'peerleft')).detail).toEqual({
      peerId: (await toldOf(ada, 'joined'))[0]?.['peerId'],
    });
  });

  it('count before the call too: muted in the lobby, and out of the waiting room', async () => {
    const roomId = await room({ waitingRoom: true });
    const token = await siteToken('host-1', { room: { id: roomId, name: 'Host', admin: true } });
    const host = await visit(`room="${roomId}" skiplobby token="${token}"`);
    await tells(host, 'joined');
    const guest = await visit(`room="${roomId}" name="Ben"`);
    const join = frameOf(guest).getByRole('button', { name: en.lobby.join });
    await join.waitFor();
    await run(guest, 'mute(true)');
    await frameOf(guest).getByRole('button', { name: en.call.unmute }).waitFor();
    await join.click();
    const { detail } = await tells(host, 'knock');
    expect(detail).toEqual({ knockId: expect.any(String), name: 'Ben' });
    await run(guest, 'leave()');
    await join.click();
    await tells(host, 'knock', 2);
    await frameOf(host)
      .getByRole('button', { name: /^Let .*in/ })
      .first()
      .click();
    await tells(guest, 'joined');
    await becomes(guest, { audio: false, video: true });
    await tells(host, 'peerjoined');
  });
});

describe('parameters of the page', () => {
  it('say the name, how the devices start, the language and the theme', async () => {
    const page = await visit(
      `room="${await room()}" name="Ада" audio="off" video="off" lang="ru" theme="dark"`,
    );
    const frame = frameOf(page);
    expect(await frame.getByLabel(ru.lobby.name).inputValue()).toBe('Ада');
    await frame.getByRole('button', { name: ru.call.unmute }).waitFor();
    await frame.getByText(ru.lobby.cameraIsOff).first().waitFor();
    expect(await frame.locator('html[lang=ru][data-theme=dark]').count()).toBe(1);
    await frame.locator('form.enter button').click();
    await tells(page, 'joined');
    await becomes(page, { audio: false, video: false });
  });

  it('leave out chat, people and the sharing of screens, on a large screen and by keyboard', async () => {
    const page = await enter(
      await room(),
      'Ada',
      'hide="chat,share,people" style="width: 1200px; height: 700px"',
    );
    await page.setViewportSize({ width: 1280, height: 800 });
    const frame = frameOf(page);
    await controls(frame).getByRole('button', { name: en.call.leave }).waitFor();
    for (const name of [en.talk.people, en.call.share])
      expect(await controls(frame).getByRole('button', { name }).count(), name).toBe(0);
    expect(await controls(frame).getByRole('button', { name: /chat/i }).count()).toBe(0);
    await frame.getByRole('heading', { name: 'Tea' }).click();
    for (const key of ['c', 'p']) await page.keyboard.press(key);
    expect(await frame.getByRole('complementary').count()).toBe(0);
  });

  it('are those of a link as well, without a frame', async () => {
    const page = await on.open(
      `${on.server.url}/connect/${await room()}?name=Ada&audio=off&skipLobby&layout=speaker&hide=chat&theme=light`,
    );
    await page.getByRole('button', { name: en.call.leave }).waitFor();
    await page.getByRole('button', { name: en.call.unmute }).waitFor();
    expect(await page.getByRole('button', { name: /chat/i }).count()).toBe(0);
    expect(await page.locator('html[data-theme=light]').count()).toBe(1);
  });
});
