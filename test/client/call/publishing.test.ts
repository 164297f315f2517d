import { describe, expect, it } from 'vitest';
import { publishTo } from '../support/fake-target.ts';
import { stream, track } from '../support/fake-track.ts';

describe('a track that cannot be sent', () => {
  it('rejects if no peer accepts it, and the one before goes on', async () => {
    const camera = track('video');
    const { own, targets, told } = publishTo({ camera });
    for (const each of targets) each.refuses = true;
    const another = track('video', false);
    await expect(own.setCamera(another)).rejects.toMatchObject({
      code: 'media_failed',
      message: 'The camera could not be sent to 2 of 2 peers: InvalidModificationError',
    });
    expect(own.tracks.get('camera')).toBe(camera);
    expect(told.at(-1)).toMatchObject({ video: true });
  });

  it('rejects once all peers have settled, and stays with those that accepted it', async () => {
    const { own, target } = publishTo({}, 3);
    target(0).refuses = true;
    target(2).waits = true;
    const microphone = track('audio');
    let settled = false;
    const set = own.setMicrophone(microphone).finally(() => {
      settled = true;
    });
    set.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    target(2).release();
    await expect(set).rejects.toMatchObject({ code: 'media_failed', cause: expect.any(Error) });
    expect([target(1).sent.get('microphone'), target(2).sent.get('microphone')]).toEqual([
      microphone,
      microphone,
    ]);
    expect(own.media.audio).toBe(true);
  });

  it('does not undo a later one', async () => {
    const { own, target } = publishTo({ camera: track('video') }, 1);
    target(0).waits = true;
    const first = own.setCamera(track('video'));
    first.catch(() => {});
    target(0).waits = false;
    const newest = track('video');
    await own.setCamera(newest);
    target(0).refuses = true;
    target(0).release();
    await expect(first).rejects.toMatchObject({ code: 'media_failed' });
    expect(own.tracks.get('camera')).toBe(newest);
  });

  it('is refused before anything changes if it is of the other kind', async () => {
    const camera = track('video');
    const { own } = publishTo({ camera });
    await expect(own.setCamera(track('audio'))).rejects.toThrow(TypeError);
    await expect(own.setMicrophone(track('video'))).rejects.toThrow(TypeError);
    expect(own.tracks.get('camera')).toBe(camera);
    expect(() => publishTo({ microphone: track('video') })).toThrow(TypeError);
  });
});

describe('a screen', () => {
  it('is stopped, picture and sound, if the call is over', async () => {
    const { own } = publishTo();
    own.end();
    const [video, audio] = [track('video'), track('audio')];
    await expect(own.startScreenShare(stream(video, audio))).rejects.toMatchObject({ code: 'closed' });
    expect([video.readyState, audio.readyState]).toEqual(['ended', 'ended']);
  });

  it('is stopped if the call ends while it is being sent', async () => {
    const { own, target } = publishTo({}, 1);
    target(0).waits = true;
    const video = track('video');
    const sharing = own.startScreenShare(stream(video));
    own.end();
    target(0).release();
    await expect(sharing).rejects.toMatchObject({ code: 'closed' });
    expect(video.readyState).toBe('ended');
  });

  it('is stopped if no peer accepts it, and the others are told that it is gone', async () => {
    const { own, targets, told } = publishTo();
    for (const each of targets) each.refuses = true;
    const video = track('video');
    await expect(own.startScreenShare(stream(video))).rejects.toMatchObject({ code: 'media_failed' });
    expect(video.readyState).toBe('ended');
    expect(own.media.screen).toBe(false);
    expect(told.at(-1)).toMatchObject({ screen: false });
  });

  it('goes on for the others if one peer can not be sent it', async () => {
    const { own, target } = publishTo();
    target(0).refuses = true;
    const video = track('video');
    await own.startScreenShare(stream(video));
    expect(target(0).reported).toMatchObject([{ code: 'media_failed' }]);
    expect(target(1).reported).toEqual([]);
    expect(target(1).sent.get('screen')).toBe(video);
    expect(own.media.screen).toBe(true);
    expect(video.readyState).toBe('live');
  });

  it('replaces and stops an earlier one', async () => {
    const { own } = publishTo();
    const [first, second] = [track('video'), track('video')];
    await own.startScreenShare(stream(first));
    await own.startScreenShare(stream(second));
    expect([first.readyState, second.readyState]).toEqual(['ended', 'live']);
    await own.startScreenShare(stream(second));
    expect(second.readyState).toBe('live');
  });

  it('without a picture is refused and stopped; one that has ended already is over at once', async () => {
    const { own } = publishTo();
    const audio = track('audio');
    await expect(own.startScreenShare(stream(audio))).rejects.toThrow(TypeError);
    expect(audio.readyState).toBe('ended');
    const [video, sound] = [track('video'), track('audio')];
    video.stop();
    await own.startScreenShare(stream(video, sound));
    expect(sound.readyState).toBe('ended');
    expect(own.media.screen).toBe(false);
  });

  it('ends for the others when the browser ends it, and reports a failure of that', async () => {
    const { own, target, told, failed } = publishTo({}, 1);
    const video = track('video');
    await own.startScreenShare(stream(video));
    video.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(target(0).sent.get('screen')).toBeNull();
    expect(told.at(-1)).toMatchObject({ screen: false });
    const another = track('video');
    await own.startScreenShare(stream(another));
    target(0).refuses = true;
    another.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(failed).toMatchObject([{ code: 'media_failed' }]);
  });
});

describe('after the end', () => {
  it('a device is refused, and stays the caller’s', async () => {
    const { own } = publishTo();
    own.end();
    const microphone = track('audio');
    await expect(own.setMicrophone(microphone)).rejects.toMatchObject({ code: 'closed' });
    await expect(own.setCamera(track('video'))).rejects.toMatchObject({ code: 'closed' });
    expect(microphone.readyState).toBe('live');
    await own.setCamera(null);
    await own.stopScreenShare();
  });
});
