import { describe, expect, it } from 'vitest';
import { en as t } from '../../src/web/i18n/en.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import type { Person } from '../support/browser/person.ts';

const { server, arrive } = peopleOnServer();

interface Told {
  readonly height: number;
  readonly first: boolean;
}
interface ToldWindow extends Window {
  told?: Told;
}

/** Runs in each page before its own scripts: keeps the last that a peer has said of how it shows this side's camera. */
function keepTold(): void {
  const own: ToldWindow = window;
  const { createDataChannel } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = createDataChannel.call(this, label, options);
    if (label === 'parley-control')
      channel.addEventListener('message', ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'shown') own.told = message.camera;
      });
    return channel;
  };
}

const told = ({ page }: Person): Promise<Told | undefined> =>
  page.evaluate(() => {
    const own: ToldWindow = window;
    return own.told;
  });

/** Polls until Ann was told a height for which `check` doesn't throw. */
async function isTold(ann: Person, check: (height: number) => void | Promise<void>): Promise<void> {
  await expect
    .poll(async () => check((await told(ann))?.height ?? Number.NaN), { timeout: 20_000, interval: 100 })
    .toBeUndefined();
}

/** Device pixels of Ann's whole picture, as Bob's page draws it in her tile. */
const drawn = (bob: Person, name: string): Promise<number> =>
  bob
    .tile(name)
    .locator('video')
    .evaluate((video: HTMLVideoElement) => {
      const { clientWidth, clientHeight, videoWidth, videoHeight } = video;
      const scales = [clientWidth / videoWidth, clientHeight / videoHeight];
      const covers = getComputedStyle(video).objectFit === 'cover';
      return (covers ? Math.max(...scales) : Math.min(...scales)) * videoHeight * devicePixelRatio;
    });

/** Runs in the page: as when its tab goes to the back, or comes to the front again. */
function turn(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange'));
}

async function two(): Promise<[Person, Person]> {
  const ann = await arrive('Ann', keepTold);
  const bob = await arrive('Bob');
  const link = await ann.startCall(server.url);
  await ann.join(link);
  await bob.join(link);
  await bob.sees('Ann');
  await isTold(ann, async (height) => {
    const wanted = await drawn(bob, 'Ann');
    expect(height).toBeGreaterThan(wanted * 0.9);
    expect(height).toBeLessThan(wanted * 1.1);
  });
  return [ann, bob];
}

describe('how large the page shows a picture', () => {
  it('is told to its sender, whose picture comes first as the speaker’s, and follows the tile', async () => {
    const [ann, bob] = await two();
    const before = (await told(ann))?.height ?? 0;
    expect((await told(ann))?.first).toBe(true);
    await bob.page.setViewportSize({ width: 640, height: 400 });
    await isTold(ann, async (height) => {
      expect(height).toBeLessThan(before * 0.8);
      expect(Math.abs(height - (await drawn(bob, 'Ann')))).toBeLessThan(height * 0.06);
    });
    await bob.page.evaluate(turn, 'hidden' as const);
    await isTold(ann, (height) => {
      expect(height).toBe(0);
    });
    await bob.page.evaluate(turn, 'visible' as const);
    await isTold(ann, (height) => {
      expect(height).toBeGreaterThan(0);
    });
  });

  it('is nothing behind the sheet of a phone, until that is closed', async () => {
    const [ann, bob] = await two();
    await bob.page.setViewportSize({ width: 390, height: 844 });
    await isTold(ann, async (height) => {
      expect(Math.abs(height - (await drawn(bob, 'Ann')))).toBeLessThan(height * 0.06);
    });
    await bob.page.getByRole('button', { name: t.talk.openChat }).click();
    await isTold(ann, (height) => {
      expect(height).toBe(0);
    });
    await bob.page.locator('.side-panel').getByRole('button', { name: t.talk.closePanel }).click();
    await isTold(ann, (height) => {
      expect(height).toBeGreaterThan(0);
    });
  });

  it('is that of the small window while the page is hidden, until that is closed', async () => {
    const [ann, bob] = await two();
    await bob.page.getByRole('button', { name: t.talk.pip }).click();
    await bob.page.getByRole('button', { name: t.talk.pipOpen }).waitFor();
    await bob.page.evaluate(turn, 'hidden' as const);
    await isTold(ann, (height) => {
      expect(height).toBeGreaterThan(0);
    });
    await bob.page.evaluate(() => {
      Reflect.get(window, 'documentPictureInPicture')?.window?.close();
      if (document.pictureInPictureElement !== null) void document.exitPictureInPicture();
    });
    await isTold(ann, (height) => {
      expect(height).toBe(0);
    });
  });
});
