import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Joining, SdkPage, type SdkWindow } from './support/sdk-page.ts';
import { type StandIn, standIn } from './support/stand-in.ts';

/** Milliseconds for what the server tells to arrive, on a machine that is busy. */
const DEADLINE_MS = 20_000;

let browser: Browser;
let server: StandIn;
let people: SdkPage[];
let roomId: string;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await standIn();
  people = [];
  roomId = randomUUID();
});
afterEach(async () => {
  await Promise.all(people.map((person) => person.go()));
  await server.close();
});

async function open(name: string): Promise<SdkPage> {
  const person = await SdkPage.open(browser, server.url, name);
  people.push(person);
  return person;
}

async function arrive(name: string, joining: Joining = {}): Promise<SdkPage> {
  const person = await open(name);
  await person.join(roomId, joining);
  return person;
}

/** Runs in the page: the code with which a deed fails, or 'done'; and whether what was captured is still live. */
async function shareAfterTheEnd(): Promise<{ code: string; states: string[]; camera: string }> {
  const own: SdkWindow = window;
  const { call } = own;
  if (call === undefined) throw new Error('not in a call');
  const codeOf = (deed: Promise<void>) =>
    deed.then(
      () => 'done',
      (error) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  const screen = canvas.captureStream(5);
  await call.leave();
  const camera = await codeOf(call.setCamera(own.stream?.getVideoTracks()[0] ?? null));
  const code = await codeOf(call.startScreenShare(screen));
  return { code, states: screen.getTracks().map(({ readyState }) => readyState), camera };
}

/** Runs in the page: how setting each track ends if the browser refuses to replace any. */
async function refuseToReplace(): Promise<string[]> {
  const own: SdkWindow = window;
  const { call } = own;
  if (call === undefined) throw new Error('not in a call');
  RTCRtpSender.prototype.replaceTrack = () =>
    Promise.reject(new DOMException('needs a negotiation', 'InvalidModificationError'));
  const [microphone, camera] = [own.stream?.getAudioTracks()[0], own.stream?.getVideoTracks()[0]];
  const deeds = [
    () => call.setMicrophone(microphone?.clone() ?? null),
    () => call.setCamera(camera?.clone() ?? null),
    () => call.setCamera(null),
  ];
  const ends: string[] = [];
  for (const deed of deeds) {
    await deed().then(
      () => ends.push('done'),
      (error) => ends.push(error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  }
  return ends;
}

describe('muted', () => {
  it('means muted: a microphone that was off before joining stays off, and the others are told', async () => {
    const ann = await arrive('ann');
    const bob = await arrive('bob', { microphone: 'off' });
    await ann.until('bob is seen, muted', ([peer]) => peer?.connectionState === 'connected');
    const [peer] = await ann.peers();
    expect(peer?.media).toEqual({ audio: false, video: true, screen: false });
    const enabled = () =>
      bob.page.evaluate(() => {
        const own: SdkWindow = window;
        return own.stream?.getAudioTracks().map((track) => track.enabled);
      });
    expect(await enabled()).toEqual([false]);
    await bob.page.evaluate(() => {
      const own: SdkWindow = window;
      own.call?.setMuted({ audio: false });
    });
    await ann.until('bob is heard', ([now]) => now?.media.audio === true);
    expect(await enabled()).toEqual([true]);
  });

  it('can be asked for at join: nothing is told or sent before it', async () => {
    const ann = await arrive('ann');
    await arrive('bob', { muted: { audio: true, video: true } });
    await ann.until('bob is here', (peers) => peers.length === 1);
    const joins = server.came.filter(({ event, from }) => event === 'room:join' && from === 'bob');
    expect(joins.map(({ payload }) => payload['media'])).toEqual([
      { audio: false, video: false, screen: false },
    ]);
  });
});

describe('somebody without a camera', () => {
  it('has none for the others either, until there is one', async () => {
    const ann = await arrive('ann');
    const bob = await arrive('bob', { camera: false });
    await ann.until('bob is connected', ([peer]) => peer?.connectionState === 'connected');
    const camera = async () => (await ann.peers()).map((peer) => peer.camera);
    expect(await camera()).toEqual([false]);
    await bob.setCamera(true);
    await ann.until('bob is seen', ([peer]) => peer?.camera === true && peer.stats.framesDecoded > 2);
    await bob.setCamera(false);
    await ann.until('bob is not seen', ([peer]) => peer?.camera === false);
  });
});

describe('what a browser refuses', () => {
  it('WebRTC: join says so, though somebody is inside, and nobody sees a ghost', async () => {
    const ann = await arrive('ann');
    const bob = await open('bob');
    await bob.page.evaluate(() => {
      Object.defineProperty(window, 'RTCPeerConnection', { value: undefined });
    });
    await expect(bob.join(roomId)).rejects.toThrow('This browser has no WebRTC');
    expect(await ann.peers()).toEqual([]);
    expect(server.came.filter(({ event, from }) => event === 'room:join' && from === 'bob')).toEqual([]);
  });

  it('one connection of several: the call goes on with the others, and the failure has a name', async () => {
    const [ann] = [await arrive('ann'), await arrive('bob')];
    const cem = await open('cem');
    await cem.page.evaluate(() => {
      const Real = RTCPeerConnection;
      let made = 0;
      Object.defineProperty(window, 'RTCPeerConnection', {
        // The connection to Ann, after those that only try what the browser can do.
        value: class extends Real {
          constructor(configuration?: RTCConfiguration) {
            if (configuration?.bundlePolicy !== undefined && configuration.iceServers !== undefined)
              made += 1;
            if (made === 1) throw new DOMException('Cannot create so many PeerConnections', 'UnknownError');
            super(configuration);
          }
        },
      });
    });
    await cem.join(roomId);
    await cem.until('bob is connected', (peers) =>
      peers.some(({ userId, connectionState }) => userId === 'bob' && connectionState === 'connected'),
    );
    const states = (await cem.peers()).map(({ userId, connectionState }) => [userId, connectionState]);
    expect(new Map(states.map(([id, state]) => [id, state] as const)).get('ann')).toBe('failed');
    await vi.waitFor(
      async () => expect(await cem.heard()).toContainEqual(expect.stringContaining('so many')),
      DEADLINE_MS,
    );
    await ann.until('bob is seen still', (peers) =>
      peers.some(({ userId, connectionState }) => userId === 'bob' && connectionState === 'connected'),
    );
  });

  it('an ICE server’s URL: it is left out with a warning, and the others are used', async () => {
    server.iceServers = [
      { urls: ['stun:127.0.0.1:9?transport=udp', 'stun:127.0.0.1:9'] },
      { urls: 'turn:127.0.0.1' },
    ];
    const ann = await arrive('ann');
    const bob = await arrive('bob');
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect(await bob.heard()).toEqual([
      'error unsupported This browser refuses the ICE server stun:127.0.0.1:9?transport=udp; it is left out.',
      'error unsupported This browser refuses the ICE server turn:127.0.0.1; it is left out.',
    ]);
  });

  it('another track: who set it is told, and the others still see and hear what was before', async () => {
    const ann = await arrive('ann');
    const bob = await arrive('bob');
    await ann.receives(1);
    expect(await bob.page.evaluate(refuseToReplace)).toEqual([
      'media_failed',
      'media_failed',
      'media_failed',
    ]);
    const [peer] = await ann.peers();
    expect(peer?.media).toEqual({ audio: true, video: true, screen: false });
    await ann.receives(1);
  });
});

describe('a capture', () => {
  it('that comes when the call is over is stopped and refused; a camera is refused and stays its owner’s', async () => {
    const ann = await arrive('ann');
    expect(await ann.page.evaluate(shareAfterTheEnd)).toEqual({
      code: 'closed',
      states: ['ended'],
      camera: 'closed',
    });
  });
});

describe('a listener that throws', () => {
  it('is reported by the page, and the call goes on', async () => {
    const ann = await arrive('ann');
    const faults: string[] = [];
    ann.page.on('pageerror', ({ message }) => faults.push(message));
    await ann.page.evaluate(() => {
      const own: SdkWindow = window;
      own.call?.on('peer', () => {
        throw new Error('in the application');
      });
      own.call?.on('peer', () => own.heard?.push('the next listener'));
    });
    await arrive('bob');
    await ann.receives(1);
    expect(await ann.heard()).toContain('the next listener');
    expect(faults).toEqual(['in the application']);
  });
});

describe('an answer that does not come', () => {
  it('is asked for again: one that was lost is made up for', async () => {
    const ann = await arrive('ann');
    server.lose('call:answer', 'bob', 1);
    const bob = await open('bob');
    await bob.page.clock.install();
    await bob.join(roomId);
    await vi.waitFor(
      () => expect(server.came.filter(({ event }) => event === 'call:answer')).toHaveLength(1),
      DEADLINE_MS,
    );
    await bob.page.clock.runFor(10_000);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect(server.came.filter(({ event }) => event === 'call:offer')).toHaveLength(2);
  });

  it('at all makes the peer failed, not connecting for ever; it is called again and again', async () => {
    const deaf = await open('deaf');
    await deaf.joinBare(roomId, { offers: false, asObject: false });
    server.lose('call:offer', 'deaf', 1_000);
    const bob = await open('bob');
    await bob.page.clock.install();
    await bob.join(roomId);
    const offers = () =>
      server.came.filter(({ event, from }) => event === 'call:offer' && from === 'bob').length;
    for (const [index, pause] of [10_000, 6_000, 8_000, 12_000].entries()) {
      await vi.waitFor(() => expect(offers()).toBe(index + 1), DEADLINE_MS);
      await bob.page.clock.runFor(pause);
    }
    await bob.until('deaf is unreachable', ([peer]) => peer?.connectionState === 'failed');
    // It hears again: the next try finds it.
    server.lose('call:offer', 'deaf', 0);
    await vi.waitFor(async () => {
      await bob.page.clock.runFor(20_000);
      const [peer] = await bob.peers();
      expect(peer?.connectionState).toBe('connected');
    }, DEADLINE_MS);
  });
});
