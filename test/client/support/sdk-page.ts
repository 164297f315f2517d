import type { Browser, Page } from 'playwright-core';
import { vi } from 'vitest';
import type * as Sdk from '../../../src/client/index.ts';
import type { Call, Client, MediaState, PeerStats, RemotePeer } from '../../../src/client/index.ts';
import { joinBare, receivedBare } from './bare-peer.ts';
import { type Deed, moderate } from './moderate.ts';

/** Milliseconds within which something must happen in a browser; the machine may be busy. */
const PATIENCE_MS = 20_000;

/** How a page joins: a microphone that is off by its track, or muted by the SDK, or none. */
export interface Joining {
  readonly token?: string;
  readonly microphone?: 'on' | 'off' | 'none';
  readonly camera?: boolean;
  readonly muted?: { readonly audio?: boolean; readonly video?: boolean };
}

/** What the page's scripts put on the window for one another. */
export interface SdkWindow extends Window {
  parley?: typeof Sdk;
  client?: Client;
  call?: Call;
  stream?: MediaStream;
  heard?: string[];
  configuration?: RTCConfiguration;
}

export interface PeerView {
  readonly peerId: string;
  readonly key: string;
  readonly userId: string;
  readonly state: string;
  readonly connectionState: string;
  readonly media: MediaState;
  readonly screen: boolean;
  readonly camera: boolean;
  readonly stats: PeerStats;
}

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

  async until(what: string, met: (peers: PeerView[]) => boolean): Promise<void> {
    await vi.waitFor(
      async () => {
        const now = await this.peers();
        if (!met(now)) throw new Error(`${this.name}, until ${what}: ${JSON.stringify(now)}`);
      },
      { timeout: PATIENCE_MS, interval: 100 },
    );
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

async function join(joining: Joining & { readonly roomId: string; readonly token: string }): Promise<void> {
  const { roomId, token, microphone = 'on', camera = true, muted } = joining;
  const own: SdkWindow = window;
  if (own.parley === undefined) throw new Error('the SDK is not loaded');
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240 },
  });
  own.stream = stream;
  for (const track of stream.getAudioTracks()) track.enabled = microphone !== 'off';
  own.client = await own.parley.connect({ token });
  const call = await own.client.join(roomId, {
    microphone: microphone === 'none' ? null : stream.getAudioTracks()[0],
    camera: camera ? stream.getVideoTracks()[0] : null,
    muted,
  });
  const heard: string[] = [];
  // Chromium decodes sound only for somebody who listens.
  const listen = (peer: RemotePeer) =>
    peer.on('track', (kind, track) => {
      if (kind !== 'microphone' || track === null) return;
      const player = new Audio();
      player.srcObject = new MediaStream([track]);
      document.body.append(player);
      void player.play();
    });
  own.call = call;
  own.heard = heard;
  for (const peer of call.peers.values()) listen(peer);
  call.on('peer', (peer) => {
    heard.push(`peer ${peer.displayName}`);
    listen(peer);
  });
  call.on('peerleft', ({ displayName }, reason) => heard.push(`peerleft ${displayName} ${reason}`));
  call.on('room', ({ locked }) => heard.push(`room locked=${locked}`));
  call.on('muterequest', (kind, from) => heard.push(`muterequest ${kind} ${from?.displayName}`));
  call.on('ended', (reason) => heard.push(`ended ${reason}`));
  call.on('error', (error) => heard.push(`error ${error.code} ${error.message}`));
}

function keepConfiguration(): void {
  const own: SdkWindow = window;
  const { setConfiguration } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setConfiguration = function (configuration) {
    setConfiguration.call(this, configuration);
    own.configuration = this.getConfiguration();
  };
}

async function peers(): Promise<PeerView[]> {
  const own: SdkWindow = window;
  return Promise.all(
    [...(own.call?.peers.values() ?? [])].map(async (peer) => {
      const { key, peerId, userId, state, connectionState, media, screen, camera } = peer;
      const tracks = { screen: screen !== null, camera: camera !== null };
      const view = { key, peerId, userId, state, connectionState, media, ...tracks };
      return { ...view, stats: await peer.stats() };
    }),
  );
}

async function shareScreen(): Promise<void> {
  const own: SdkWindow = window;
  const canvas = document.createElement('canvas');
  const brush = canvas.getContext('2d');
  const stream = canvas.captureStream(15);
  const paint = (count: number) => {
    if (brush !== null) brush.fillStyle = `hsl(${count % 360} 80% 50%)`;
    brush?.fillRect(0, 0, canvas.width, canvas.height);
    if (stream.active) setTimeout(paint, 66, count + 7);
  };
  paint(0);
  await own.call?.startScreenShare(stream);
}
