import { describe, expect, it } from 'vitest';
import type { MediaState } from '../../src/client/index.ts';
import type { SdkWindow } from './support/in-page.ts';
import { meetings } from './support/meeting.ts';

const meeting = meetings();

/** Runs in the page: how sending a camera and a screen ends after the call, and whether the capture was stopped. */
async function shareAfterTheEnd(): Promise<{ code: string; states: string[]; camera: string }> {
  const own: SdkWindow = window;
  const { call } = own;
  if (call === undefined) throw new Error('not in a call');
  const codeOf = (request: Promise<void>) =>
    request.then(
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

/** Runs in the page: makes the browser refuse to replace tracks, and returns how setting each ends. */
async function refuseToReplace(): Promise<string[]> {
  const own: SdkWindow = window;
  const { call } = own;
  if (call === undefined) throw new Error('not in a call');
  RTCRtpSender.prototype.replaceTrack = () =>
    Promise.reject(new DOMException('needs a negotiation', 'InvalidModificationError'));
  const [microphone, camera] = [own.stream?.getAudioTracks()[0], own.stream?.getVideoTracks()[0]];
  const requests = [
    () => call.setMicrophone(microphone?.clone() ?? null),
    () => call.setCamera(camera?.clone() ?? null),
    () => call.setCamera(null),
  ];
  const ends: string[] = [];
  for (const request of requests) {
    await request().then(
      () => ends.push('done'),
      (error) => ends.push(error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  }
  return ends;
}

interface RecordingWindow extends SdkWindow {
  recorded?: MediaState[];
}

/** Runs in the page: records each media state of the first of the others from now on. */
function recordMedia(): void {
  const own: RecordingWindow = window;
  const recorded: MediaState[] = [];
  own.recorded = recorded;
  const [peer] = own.call?.peers.values() ?? [];
  peer?.on('media', (media) => recorded.push(media));
}

/** Runs in the page. */
function recordedMedia(): MediaState[] {
  const own: RecordingWindow = window;
  return own.recorded ?? [];
}

describe('somebody without a camera', () => {
  it('has none for the others either, until one is sent', async () => {
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
  it('is reported to who set it, and the others still see and hear what was sent before', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await ann.receives(1);
    await ann.page.evaluate(recordMedia);
    expect(await bob.page.evaluate(refuseToReplace)).toEqual([
      'media_failed',
      'media_failed',
      'media_failed',
    ]);
    // Only turning the camera off changes what the others are told, until it has failed.
    await ann.eventually(async () =>
      expect(await ann.page.evaluate(recordedMedia)).toEqual([
        { audio: true, video: false, screen: false },
        { audio: true, video: true, screen: false },
      ]),
    );
    await ann.receives(1);
  });
});

describe('a capture', () => {
  it('of a screen after the call is stopped and refused; a camera is refused and stays the caller’s', async () => {
    const ann = await meeting.arrive('ann');
    expect(await ann.page.evaluate(shareAfterTheEnd)).toEqual({
      code: 'closed',
      states: ['ended'],
      camera: 'closed',
    });
  });
});
