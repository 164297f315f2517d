import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { TAP_MS } from '../../src/web/call/key-handler.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { type Firefox, launchFirefox } from '../support/browser/firefox.ts';
import { chromiumInput, firefoxInput, type RealInput } from '../support/browser/real-input.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

let server: TestServer;
let chromium: Browser;
let firefox: Firefox;

beforeAll(async () => {
  server = await startServer();
  [chromium, firefox] = await Promise.all([launchBrowser(), launchFirefox()]);
});
afterAll(async () => {
  await Promise.all([chromium.close(), firefox.close()]);
  await server.close();
});

const MUTE = 'nav.controls [aria-keyshortcuts=M]';
const CAMERA = 'nav.controls [aria-keyshortcuts=V]';

describe.each(['Chromium', 'Firefox'] as const)(
  'the space bar in %s, by real mouse and real keys',
  (name) => {
    let input: RealInput;
    afterEach(() => input.close());

    /** Joins a call alone, with the focus on nothing. Mutes with the M key if wanted. */
    async function inCall(muted: boolean): Promise<void> {
      const { accessToken } = await signIn(server.url, { displayName: 'Host' });
      const { id } = await createRoom(server.url, accessToken);
      input = await (name === 'Chromium' ? chromiumInput(chromium) : firefoxInput(firefox));
      await input.join(`${server.url}/connect/${id}`);
      await microphoneIs(true);
      if (muted) await input.press('m');
      await microphoneIs(!muted);
    }

    /** Waits until the tile and the sent track agree on whether the microphone is open. */
    async function microphoneIs(open: boolean): Promise<void> {
      await input.until(`document.querySelector('li.tile[data-self=true]').dataset.muted === '${!open}'
      && parleyTestTracks.filter((track) => track.kind === 'audio' && track.readyState === 'live')
        .every((track) => track.enabled === ${open})`);
    }

    const cameraIs = (open: boolean) =>
      input.until(
        `document.querySelector('li.tile[data-self=true]').dataset.camera === '${open ? 'on' : 'off'}'`,
      );

    /** Holds Space for longer than a tap, with key repeats. */
    async function hold(): Promise<void> {
      await input.down(' ');
      await microphoneIs(true);
      await input.down(' ');
      await input.until(
        `(window.heldSince ??= performance.now(), performance.now() - heldSince > ${TAP_MS})`,
      );
      await input.down(' ');
      await microphoneIs(true);
    }

    async function tabTo(selector: string): Promise<void> {
      for (let times = 0; times < 30; times += 1) {
        await input.press('Tab');
        if (await input.isTrue(`document.activeElement?.matches('${selector}') === true`)) return;
      }
      throw new Error(`Tab does not lead to ${selector}`);
    }

    it('is push-to-talk after a click on Mute', async () => {
      await inCall(false);
      await input.click(MUTE);
      await microphoneIs(false);
      await hold();
      await input.up(' ');
      await microphoneIs(false);
      // A short press doesn't unmute either, because the mouse was used last.
      await input.press(' ');
      await microphoneIs(false);
    });

    it('is push-to-talk after a click on any button, and doesn’t press it', async () => {
      await inCall(true);
      await input.click(CAMERA);
      await cameraIs(false);
      await hold();
      await input.up(' ');
      await microphoneIs(false);
      await cameraIs(false);
    });

    it('is push-to-talk again after Tab and then a click', async () => {
      await inCall(true);
      await tabTo(CAMERA);
      await input.click(MUTE);
      await microphoneIs(true);
      await input.click(MUTE);
      await microphoneIs(false);
      await hold();
      await input.up(' ');
      await microphoneIs(false);
    });

    it('presses the button focused by Tab, and doesn’t unmute', async () => {
      await inCall(true);
      await tabTo(CAMERA);
      await input.press(' ');
      await cameraIs(false);
      await microphoneIs(false);
    });

    it('toggles by a tap and is push-to-talk by a hold on Mute focused by Tab', async () => {
      await inCall(true);
      await tabTo(MUTE);
      await hold();
      await input.up(' ');
      await microphoneIs(false);
      await input.press(' ');
      await microphoneIs(true);
      await input.press(' ');
      await microphoneIs(false);
    });

    it.each(['blur', 'visibilitychange', 'pagehide'])(
      'mutes on %s, whatever the key does later',
      async (event) => {
        await inCall(true);
        await input.click(CAMERA);
        await hold();
        if (event === 'visibilitychange') {
          await input.isTrue(
            `(Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }), true)`,
          );
          await input.isTrue(`document.dispatchEvent(new Event('visibilitychange'))`);
        } else await input.isTrue(`dispatchEvent(new Event('${event}'))`);
        await microphoneIs(false);
        await input.up(' ');
        await microphoneIs(false);
      },
    );

    it('changes nothing for a person who isn’t muted', async () => {
      await inCall(false);
      await input.click(CAMERA);
      await hold();
      await input.up(' ');
      await microphoneIs(true);
    });

    it('types a space in a field, and presses buttons in an open dialog', async () => {
      await inCall(true);
      await input.click('li.invite input');
      await input.press(' ');
      await microphoneIs(false);
      await input.click(MUTE);
      await input.click(MUTE);
      await microphoneIs(false);
      await input.press('d');
      await input.until(`document.querySelector('dialog[open]') !== null`);
      await input.press(' ');
      // The close button has the focus, and Space presses it.
      await input.until(`document.querySelector('dialog[open]') === null`);
      await microphoneIs(false);
    });
  },
);
