import { describe, expect, it } from 'vitest';
import { obey } from '../../../src/client/call/obey.ts';
import { Emitter } from '../../../src/client/signaling/emitter.ts';
import type { CallEvents } from '../../../src/client/types.ts';
import { publishTo } from '../support/fake-target.ts';
import { stream, track } from '../support/fake-track.ts';

/** A side that sends these kinds, to one peer, and what it tells. */
function sending(options: Parameters<typeof publishTo>[0] = {}) {
  const published = publishTo(options, 1);
  const emitter = new Emitter<CallEvents>();
  const heard: string[] = [];
  emitter.on('turnedoff', (kind) => heard.push(`off ${kind}`));
  emitter.on('turnonrequest', (kind) => heard.push(`on? ${kind}`));
  /** What the server knows, and what it was told. */
  let known: object | undefined = published.own.media;
  const told: object[] = [];
  const entry = {
    forgetMedia: () => {
      known = undefined;
    },
    tellMedia: (media: object) => {
      if (JSON.stringify(media) !== JSON.stringify(known)) told.push(media);
      known = media;
    },
  };
  const hear = (media: object) =>
    obey({ audio: false, video: false, screen: false, ...media }, { own: published.own, entry, emitter });
  return { ...published, heard, hear, told };
}

describe("a backend's word on what this side sends", () => {
  it('[CT1] mutes at once what is to be off, and leaves the rest', () => {
    const microphone = track('audio');
    const camera = track('video');
    const { own, heard, hear, told } = sending({ microphone, camera });
    hear({ audio: false, video: true });
    expect([microphone.enabled, camera.enabled]).toEqual([false, true]);
    expect(own.muted).toEqual({ audio: true, video: false });
    expect(heard).toEqual(['off audio']);
    expect(told).toEqual([{ audio: false, video: true, screen: false }]);
  });

  it('[CT1] ends a screen share, so that the browser no longer shows it', async () => {
    const { own, heard, hear } = sending();
    const screen = track('video');
    await own.startScreenShare(stream(screen));
    hear({ screen: true });
    expect(heard).toEqual([]);
    hear({});
    expect(screen.readyState).toBe('ended');
    expect(own.media.screen).toBe(false);
    expect(heard).toEqual(['off screen']);
  });

  it('[CT1] turns nothing on by itself: it asks, and tells the others the truth', () => {
    const microphone = track('audio');
    const { own, heard, hear, told } = sending({ microphone });
    own.setMuted({ audio: true });
    hear({ audio: true, screen: true });
    expect(microphone.enabled).toBe(false);
    expect(heard).toEqual(['on? audio', 'on? screen']);
    expect(told).toEqual([{ audio: false, video: false, screen: false }]);
  });

  it('[CT1] changes nothing if it says what is sent, which is told again', () => {
    const { heard, hear, told } = sending({ camera: track('video') });
    hear({ video: true });
    expect(heard).toEqual([]);
    expect(told).toEqual([{ audio: false, video: true, screen: false }]);
  });
});
