import type { Browser, Page } from 'playwright-core';
import { vi } from 'vitest';
import type { Muted } from '../../../src/client/index.ts';
import { joinBare, receivedBare } from './bare-peer.ts';
import {
  type Joining,
  join,
  keepConfiguration,
  keepConnections,
  type PeerView,
  peers,
  type SdkWindow,
  shareScreen,
} from './in-page.ts';
import { type Deed, moderate } from './moderate.ts';
import { type Sound, sound } from './sound.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const PATIENCE_MS = 20_000;

/** Separates the energy of the fake microphone's beeps (0.06) from that of coded silence (2e-9). */
const AUDIBLE = 0.001;

/** A person on a blank page with the built SDK. */
export class SdkPage {
  readonly name: string;
  readonly page: Page;

  private constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
  }

  /** @param sdk in place of the server's `/client.js` */
  static async open(browser: Browser, url: string, name: string, sdk?: string): Promise<SdkPage> {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'], bypassCSP: true });
    const page = await context.newPage();
    await page.addInitScript(keepConnections);
    if (sdk !== undefined)
      await page.route('**/client.js', (route) =>
        route.fulfill({ body: sdk, contentType: 'text/javascript' }),
      );
    await page.goto(url);
    const person = new SdkPage(name, page);
    await person.load();
    return person;
  }

  /** Loads the SDK, once more after a reload of the page. */
  async load(): Promise<void> {
    await this.page.addScriptTag({
      type: 'module',
      content: "import * as parley from '/client.js'; window.parley = parley;",
    });
    await this.page.waitForFunction(() => 'parley' in window);
  }

  /** Records the configuration that the SDK sets on its connections, from now on. */
  async keepConfiguration(): Promise<void> {
    await this.page.evaluate(keepConfiguration);
  }

  /** Resolves with the configuration that a connection has after the SDK has set it. */
  async keptConfiguration(): Promise<RTCConfiguration | undefined> {
    await this.page.waitForFunction(() => 'configuration' in window);
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.configuration;
    });
  }

  /** Joins without the SDK, as a page that knows only the wire contract. */
  async joinBare(roomId: string, options: { offers: boolean; asObject: boolean }): Promise<void> {
    await this.page.evaluate(joinBare, { roomId, token: this.name, ...options });
  }

  /** The frames and samples that a peer without the SDK has received. */
  receivedBare(): Promise<{ video: number; audio: number; tracks: number }> {
    return this.page.evaluate(receivedBare);
  }

  /** Joins with the fake camera and microphone. The stand-in server takes the name for a token. */
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

  /** The events of the call so far, such as `peer bob` and `peerleft bob left`. */
  heard(): Promise<string[]> {
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return [...(own.heard ?? [])];
    });
  }

  /** Resolves when `count` peers have sent frames and sound, counted from now, and no other has. */
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

  /** What this side has heard of the first of the others. */
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

  /** Calls `check` again until it doesn't throw. */
  async eventually(check: () => Promise<void>): Promise<void> {
    await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 100 });
  }

  /** Whether each microphone track of this page is enabled. */
  microphonesEnabled(): Promise<boolean[]> {
    return this.page.evaluate(() => {
      const own: SdkWindow = window;
      return (own.stream?.getAudioTracks() ?? []).map(({ enabled }) => enabled);
    });
  }

  /** Sends another microphone track, enabled as that of a device that was just opened. */
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

  /** Shares a drawing, as a page without a window has no screen. */
  async shareScreen(): Promise<void> {
    await this.page.evaluate(shareScreen);
  }

  async stopSharing(): Promise<void> {
    await this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.call?.stopScreenShare();
    });
  }

  /** Sends the fake camera, or none. */
  async setCamera(on: boolean): Promise<void> {
    await this.page.evaluate(async (wanted) => {
      const own: SdkWindow = window;
      const stream = wanted ? await navigator.mediaDevices.getUserMedia({ video: true }) : undefined;
      await own.call?.setCamera(stream?.getVideoTracks()[0] ?? null);
    }, on);
  }

  /** Acts as a moderator. Resolves with the code of a refusal, else undefined. */
  moderate(deed: Deed): Promise<string | undefined> {
    return this.page.evaluate(moderate, deed);
  }

  async leave(): Promise<void> {
    await this.page.evaluate(() => {
      const own: SdkWindow = window;
      return own.call?.leave();
    });
  }

  /** Leaves as a person does who closes the page: the browser may end a context before its socket has said so. */
  async go(): Promise<void> {
    if (!this.page.isClosed()) await this.page.goto('about:blank');
    await this.page.context().close();
  }
}
