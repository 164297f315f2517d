import { describe, expect, it, vi } from 'vitest';
import type { SdkWindow } from './support/in-page.ts';
import { DEADLINE_MS, meetings } from './support/meeting.ts';
import type { SdkPage } from './support/sdk-page.ts';

const meeting = meetings();

/** What the functions below leave on the window. */
interface ShownWindow extends SdkWindow {
  /** Channels made before anything was negotiated, and how often a negotiation was needed. */
  channels?: string[];
  needed?: number;
  /** What this side was told over the control channel. */
  told?: { type: string; camera: { height: number; first: boolean }; screen: { height: number } }[];
  /** What this side has sent over data channels. */
  sent?: string[];
  video?: HTMLVideoElement;
  stopShowing?: (() => void) | undefined;
}

/** Runs in the page, before it joins: notes what the SDK does with data channels. */
function watchChannels(): void {
  const own: ShownWindow = window;
  const { channels, told } = { channels: [] as string[], told: [] as NonNullable<ShownWindow['told']> };
  Object.assign(own, { channels, told, needed: 0 });
  const { createDataChannel } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const when = this.localDescription === null && this.remoteDescription === null ? 'before' : 'after';
    const channel = createDataChannel.call(this, label, options);
    channels.push(`${label} ${channel.id} ${channel.negotiated} ${when}`);
    this.addEventListener('negotiationneeded', () => {
      own.needed = (own.needed ?? 0) + 1;
    });
    if (label === 'parley-control')
      channel.addEventListener('message', ({ data }) => told.push(JSON.parse(data)));
    return channel;
  };
}

/** Runs in the page: notes what is sent over data channels from now on. */
function watchSent(): void {
  const own: ShownWindow = window;
  const sent: string[] = [];
  own.sent = sent;
  const { send } = RTCDataChannel.prototype;
  RTCDataChannel.prototype.send = function (text: never) {
    sent.push(String(text));
    send.call(this, text);
  };
}

/** Ann sends; Bob shows. */
async function two(): Promise<{ ann: SdkPage; bob: SdkPage }> {
  const ann = await meeting.open('ann');
  await ann.page.evaluate(watchChannels);
  await ann.join(meeting.roomId);
  const bob = await meeting.arrive('bob');
  await bob.until('connected', ([peer]) => peer?.connectionState === 'connected' && peer.camera);
  return { ann, bob };
}

const heightsTold = ({ page }: SdkPage) =>
  page.evaluate(() => {
    const own: ShownWindow = window;
    return (own.told ?? []).flatMap(({ type, camera }) => (type === 'shown' ? [camera.height] : []));
  });

const isTold = (ann: SdkPage, height: number) =>
  vi.waitFor(async () => expect((await heightsTold(ann)).at(-1)).toBe(height), {
    timeout: DEADLINE_MS,
    interval: 50,
  });

/** Runs in the page: shows the first of the others in a video of the page's own, and measures it. */
async function showOne(style: string): Promise<void> {
  const own: ShownWindow = window;
  const [peer] = [...(own.call?.peers.values() ?? [])];
  if (peer?.camera === null || peer === undefined) throw new Error('there is no picture');
  const video = document.createElement('video');
  video.muted = true;
  video.setAttribute('style', style);
  video.srcObject = new MediaStream([peer.camera]);
  document.body.append(video);
  await video.play();
  own.video = video;
  own.stopShowing = peer.measure('camera', video);
}

const restyle = ({ page }: SdkPage, style: string) =>
  page.evaluate((wanted) => {
    const own: ShownWindow = window;
    own.video?.setAttribute('style', wanted);
  }, style);

/** Runs in the page: as when its tab goes to the back, or comes to the front again. */
function turn(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('how large a picture is shown', () => {
  it('is measured in the page, told to the peer, and negotiated never', async () => {
    const { ann, bob } = await two();
    const needed = () => ann.page.evaluate(() => (window as ShownWindow).needed);
    await bob.page.evaluate(showOne, 'width: 320px; height: 180px; object-fit: contain');
    await isTold(ann, 180);
    const before = await needed();
    await restyle(bob, 'width: 480px; height: 270px; object-fit: cover');
    await isTold(ann, 360);
    await restyle(bob, 'display: none');
    await isTold(ann, 0);
    await restyle(bob, 'width: 160px; height: 90px; object-fit: contain');
    await isTold(ann, 90);
    await restyle(bob, 'width: 160px; height: 90px; object-fit: contain; margin-top: 5000px');
    await isTold(ann, 0);
    await bob.page.evaluate(() => scrollTo(0, 9_999));
    await isTold(ann, 90);
    await bob.page.evaluate(turn, 'hidden' as const);
    await isTold(ann, 0);
    await bob.page.evaluate(turn, 'visible' as const);
    await isTold(ann, 90);
    await bob.page.evaluate(() => (window as ShownWindow).stopShowing?.());
    await isTold(ann, 0);
    const channels = await ann.page.evaluate(() => (window as ShownWindow).channels);
    expect(channels?.filter((one) => one.startsWith('parley-control'))).toEqual([
      'parley-control 1 true before',
    ]);
    expect(await needed()).toBe(before);
    expect(meeting.offers()).toHaveLength(1);
  });

  it('is not learned from an element that has the size of its picture, but from one that may not', async () => {
    const { ann, bob } = await two();
    await bob.page.evaluate(showOne, '');
    await isTold(ann, 8_640);
    await restyle(bob, 'max-width: 160px');
    await isTold(ann, 120);
  });

  it('is all of it for what attach shows without a style sheet, whose size before the first frame says nothing', async () => {
    const { ann, bob } = await two();
    await bob.page.evaluate(() => {
      const own: ShownWindow = window;
      const [peer] = [...(own.call?.peers.values() ?? [])];
      own.stopShowing = peer?.attach(document.body.appendChild(document.createElement('figure')));
    });
    await isTold(ann, 8_640);
    expect(await heightsTold(ann)).not.toContain(0);
  });

  it('is told in the handler of visibilitychange, both ways', async () => {
    const { ann, bob } = await two();
    await bob.page.evaluate(watchSent);
    await bob.page.evaluate(showOne, 'width: 320px; height: 180px; object-fit: contain');
    await isTold(ann, 180);
    const sent = await bob.page.evaluate(() => {
      const own: ShownWindow = window;
      const turn = (state: DocumentVisibilityState) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
        document.dispatchEvent(new Event('visibilitychange'));
        return own.sent?.at(-1);
      };
      return [turn('hidden'), turn('visible')].map((text) => JSON.parse(text ?? '').camera.height);
    });
    expect(sent).toEqual([0, 180]);
  });

  it('is said by attach, and by setShown besides', async () => {
    const { ann, bob } = await two();
    await bob.page.evaluate(() => {
      const own: ShownWindow = window;
      const [peer] = [...(own.call?.peers.values() ?? [])];
      const style = document.head.appendChild(document.createElement('style'));
      style.textContent = 'video { width: 320px; height: 180px; object-fit: cover }';
      own.stopShowing = peer?.attach(document.body.appendChild(document.createElement('figure')));
      peer?.setShown('camera', { height: 0, first: true });
    });
    await isTold(ann, 240);
    const first = await ann.page.evaluate(() => (window as ShownWindow).told?.at(-1)?.camera.first);
    expect(first).toBe(true);
    await bob.page.evaluate(() => (window as ShownWindow).stopShowing?.());
    await isTold(ann, 0);
  });
});
