import type { Browser, Page } from 'playwright-core';
import { vi } from 'vitest';
import type { Muted } from '../../../src/client/index.ts';
import { joinBare, receivedBare } from './bare-peer.ts';
import {
  type Joining,
  join,
  keepConfiguration,
  type PeerView,
  peers,
  type SdkWindow,
  shareScreen,
} from './in-page.ts';
import { type Deed, moderate } from './moderate.ts';
import { type Sound, sound } from './sound.ts';

/** Milliseconds within which something must happen in a browser; the machine may be busy. */
const PATIENCE_MS = 20_000;

/** Energy between that of the fake microphone's beeps and that of coded silence. */
const AUDIBLE = 0.001;

/** A blank page that uses the built SDK. */
export class SdkPage {
  readonly name: string;
  readonly page: Page;

  private constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
  }

  static async open(browser: Browser, url: string, name: string): Promise<SdkPage> {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'], bypassCSP: true });
    const page = await context.newPage();
    await page.goto(url);
    await page.addScriptTag({
      type: 'module',
      content: "import * as parley from '/client.js'; window.parley = parley;",
    });
    await page.waitForFunction(() => 'parley' in window);
    return new SdkPage(name, page);
  }

  /** From now on, looks at what the SDK sets on its connections. */
  async keepConfiguration(): Promise<void> {
    await this.page.evaluate(keepConfiguration);
  }

  /** What a connection says of itself after it was set, as soon as it is. */
  async keptConfiguration(): Promise<RTCConfiguration | undefined> {
    await this.page.waitForFunction(() => 'configuration' in window);
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.configuration;
    });
  }

  /** Joins without the SDK, as a page would that knows the wire contract and no more. */
  async joinBare(roomId: string, options: { offers: boolean; asObject: boolean }): Promise<void> {
    await this.page.evaluate(joinBare, { roomId, token: this.name, ...options });
  }

  /** Frames and samples that a bare peer has got. */
  receivedBare(): Promise<{ video: number; audio: number; tracks: number }> {
    return this.page.evaluate(receivedBare);
  }

  /** With the fake camera and microphone. A stand-in takes the name for a token. */
  async join(roomId: string, joining: Joining = {}): Promise<void> {
    await this.page.evaluate(join, { roomId, token: this.name, ...joining });
  }

  peers(): Promise<PeerView[]> {
    return this.page.evaluate(peers);
  }

  roomIsLocked(): Promise<boolean | undefined> {
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.call?.room.locked;
    });
  }

  /** What the call has told so far, such as `peer bob` and `peerleft bob left`. */
  heard(): Promise<string[]> {
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return [...(own.heard ?? [])];
    });
  }

  /** Resolves when each of `count` peers sends frames and sound, counted from now. */
  async receives(count: number): Promise<void> {
    const before = new Map((await this.peers()).map(({ key, stats }) => [key, stats]));
    await this.until(`hears and sees ${count}`, (now) => {
      const alive = now.filter(({ key, stats }) => {
        const { framesDecoded = 0, totalSamplesReceived = 0 } = before.get(key) ?? {};
        return (
          stats.framesDecoded > framesDecoded + 5 && stats.totalSamplesReceived > totalSamplesReceived + 9_600
        );
      });
      return alive.length === count;
    });
  }

  /** What this side hears of the first of the others. */
  sound(): Promise<Sound> {
    return this.page.evaluate(sound);
  }

  /** Resolves when the first of the others is heard, counted from now. */
  async hears(): Promise<void> {
    const before = await this.sound();
    await this.eventually(async () => {
      const { energy } = await this.sound();
      if (energy <= before.energy + AUDIBLE) throw new Error(`${this.name} hears nothing`);
    });
  }

  /** Whether the next two seconds of audio from the first of the others are silent: the beeps come each second. */
  async hearsSilence(): Promise<boolean> {
    const before = await this.sound();
    let after = before;
    await this.eventually(async () => {
      after = await this.sound();
      if (after.seconds < before.seconds + 2) throw new Error(`${this.name} gets no audio: ${after.seconds}`);
    });
    return after.energy - before.energy < AUDIBLE;
  }

  async until(what: string, met: (peers: PeerView[]) => boolean): Promise<void> {
    await this.eventually(async () => {
      const now = await this.peers();
      if (!met(now)) throw new Error(`${this.name}, until ${what}: ${JSON.stringify(now)}`);
    });
  }

  /** Tries again until `look` throws no more. */
  async eventually(look: () => Promise<void>): Promise<void> {
    await vi.waitFor(look, { timeout: PATIENCE_MS, interval: 100 });
  }

  /** Whether the tracks of the microphone that it was opened with are enabled. */
  microphonesEnabled(): Promise<boolean[]> {
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return (own.stream?.getAudioTracks() ?? []).map(({ enabled }) => enabled);
    });
  }

  /** Sends a clone of its microphone, enabled as a device that was just opened. It joins the stream of the first. */
  async changeMicrophone(): Promise<void> {
    await this.page.evaluate(async () => {
      const own: SdkWindow = window;
      const clone = own.stream?.getAudioTracks()[0]?.clone();
      if (own.stream === undefined || clone === undefined) throw new Error('there is no microphone');
      clone.enabled = true;
      own.stream.addTrack(clone);
      await own.call?.setMicrophone(clone);
    });
  }

  async setMuted(muted: Muted): Promise<void> {
    await this.page.evaluate((wanted) => {
      const own: SdkWindow = window;
      own.call?.setMuted(wanted);
    }, muted);
  }

  /** A drawing in place of a screen: a page without a window has none to share. */
  async shareScreen(): Promise<void> {
    await this.page.evaluate(shareScreen);
  }

  async stopSharing(): Promise<void> {
    await this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.call?.stopScreenShare();
    });
  }

  /** Sends the same camera again, or none. */
  async setCamera(on: boolean): Promise<void> {
    await this.page.evaluate(async (wanted) => {
      const own: SdkWindow = window;
      const stream = wanted ? await navigator.mediaDevices.getUserMedia({ video: true }) : undefined;
      await own.call?.setCamera(stream?.getVideoTracks()[0] ?? null);
    }, on);
  }

  /** As whoever runs the room. Resolves with the code of a refusal. */
  moderate(deed: Deed): Promise<string | undefined> {
    return this.page.evaluate(moderate, deed);
  }

  async leave(): Promise<void> {
    await this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.call?.leave();
    });
  }

  async go(): Promise<void> {
    await this.page.context().close();
  }
}
