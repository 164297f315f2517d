import { describe, expect, it } from 'vitest';
import { publishTo } from '../support/fake-target.ts';
import { track } from '../support/fake-track.ts';

describe('a mute', () => {
  it('by a track that comes disabled is kept, and the others are told so', async () => {
    const microphone = track('audio', false);
    const camera = track('video', false);
    const { own, told } = publishTo({ microphone, camera });
    expect(own.media).toEqual({ audio: false, video: false, screen: false });
    expect([microphone.enabled, camera.enabled]).toEqual([false, false]);
    const another = track('audio', false);
    await own.setMicrophone(another);
    expect(another.enabled).toBe(false);
    expect(told).toEqual([]);
  });

  it('by a track that came disabled holds for the next track, until the caller unmutes', async () => {
    const [microphone, camera] = [track('audio', false), track('video')];
    const { own, told } = publishTo({ microphone, camera });
    expect(own.muted).toEqual({ audio: true, video: false });
    const headset = track('audio');
    await own.setMicrophone(headset);
    await own.setMicrophone(null);
    const another = track('audio');
    await own.setMicrophone(another);
    expect([headset.enabled, another.enabled]).toEqual([false, false]);
    expect(told).toEqual([]);
    own.setMuted({ audio: false });
    expect([headset.enabled, another.enabled, own.muted.audio]).toEqual([false, true, false]);
    expect(told).toEqual([{ audio: true, video: true, screen: false }]);
  });

  it('that bypasses the SDK is not undone by the next track', async () => {
    const microphone = track('audio');
    const { own } = publishTo({ microphone });
    microphone.enabled = false;
    const headset = track('audio');
    await own.setMicrophone(headset);
    expect([headset.enabled, own.muted.audio]).toEqual([false, true]);
  });

  it('without a track holds for the next track', async () => {
    const { own } = publishTo({ muted: { audio: true } });
    expect(own.muted).toEqual({ audio: true, video: false });
    const microphone = track('audio');
    await own.setMicrophone(microphone);
    expect(microphone.enabled).toBe(false);
  });

  it('by a track that no peer accepts ends with that track', async () => {
    const camera = track('video');
    const { own, targets } = publishTo({ camera });
    for (const each of targets) each.refuses = true;
    await expect(own.setCamera(track('video', false))).rejects.toMatchObject({ code: 'media_failed' });
    expect([own.muted.video, camera.enabled]).toEqual([false, true]);
    own.setMuted({ video: true });
    await expect(own.setCamera(track('video'))).rejects.toMatchObject({ code: 'media_failed' });
    expect([own.muted.video, camera.enabled]).toEqual([true, false]);
  });

  it('by JoinOptions holds from the first message on; false there unmutes nothing', () => {
    const [microphone, camera] = [track('audio'), track('video', false)];
    const { own } = publishTo({ microphone, camera, muted: { audio: true, video: false } });
    expect([microphone.enabled, camera.enabled]).toEqual([false, false]);
    expect(own.media).toEqual({ audio: false, video: false, screen: false });
  });

  it('is carried over to the next microphone, and changes only the named kind', async () => {
    const [microphone, camera] = [track('audio'), track('video', false)];
    const { own, told } = publishTo({ microphone, camera });
    own.setMuted({ audio: true });
    expect([microphone.enabled, camera.enabled]).toEqual([false, false]);
    const headset = track('audio');
    await own.setMicrophone(headset);
    expect(headset.enabled).toBe(false);
    own.setMuted({ audio: false });
    expect([headset.enabled, microphone.enabled, camera.enabled]).toEqual([true, false, false]);
    expect(told).toEqual([
      { audio: false, video: false, screen: false },
      { audio: true, video: false, screen: false },
    ]);
  });

  it('by the system is told for as long as it lasts', async () => {
    const microphone = track('audio');
    const { own, told } = publishTo({ microphone });
    microphone.pause(true);
    microphone.pause(false);
    expect(told).toEqual([
      { audio: false, video: false, screen: false },
      { audio: true, video: false, screen: false },
    ]);
    expect(microphone.enabled).toBe(true);
    await own.setMicrophone(null);
    microphone.pause(true);
    expect(told).toHaveLength(3);
  });

  it('leaves the tracks as they are when the call ends', () => {
    const [microphone, camera] = [track('audio'), track('video')];
    const { own } = publishTo({ microphone, camera });
    own.setMuted({ audio: true });
    own.end();
    expect([microphone.enabled, camera.enabled]).toEqual([false, true]);
    expect([microphone.readyState, camera.readyState]).toEqual(['live', 'live']);
  });
});
