import { describe, expect, it } from 'vitest';
import { meetings } from './support/meeting.ts';
import type { SdkWindow } from './support/sdk-page.ts';

const meeting = meetings();

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
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob', { microphone: 'off' });
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
    const ann = await meeting.arrive('ann');
    await meeting.arrive('bob', { muted: { audio: true, video: true } });
    await ann.until('bob is here', (peers) => peers.length === 1);
    const joins = meeting.server.came.filter(({ event, from }) => event === 'room:join' && from === 'bob');
    expect(joins.map(({ payload }) => payload['media'])).toEqual([
      { audio: false, video: false, screen: false },
    ]);
  });
});

describe('somebody without a camera', () => {
  it('has none for the others either, until there is one', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob', { camera: false });
    await ann.until('bob is connected', ([peer]) => peer?.connectionState === 'connected');
    const camera = async () => (await ann.peers()).map((peer) => peer.camera);
    expect(await camera()).toEqual([false]);
    await bob.setCamera(true);
    await ann.until('bob is seen', ([peer]) => peer?.camera === true && peer.stats.framesDecoded > 2);
    await bob.setCamera(false);
    await ann.until('bob is not seen', ([peer]) => peer?.camera === false);
  });
});

describe('a track that cannot be sent', () => {
  it('is told to who set it, and the others still see and hear what was before', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
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
    const ann = await meeting.arrive('ann');
    expect(await ann.page.evaluate(shareAfterTheEnd)).toEqual({
      code: 'closed',
      states: ['ended'],
      camera: 'closed',
    });
  });
});
