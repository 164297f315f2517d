import { describe, expect, it } from 'vitest';
import { readHardware } from '../../../../src/client/call/codecs/hardware.ts';
import { preferredCodecs, RED_PEOPLE } from '../../../../src/client/call/codecs/preferences.ts';
import { hint } from '../../../../src/client/call/codecs/track-hints.ts';
import {
  chooseVideoCodec,
  type HardwareCodec,
  hardwareOf,
  type VideoCodec,
} from '../../../../src/client/call/codecs/video-codec.ts';
import type { TrackKind } from '../../../../src/client/index.ts';

const of = (...names: string[]) => names.map((mimeType) => ({ mimeType }));

describe('what is encoded in hardware', () => {
  it.each<[efficient: VideoCodec[], told: HardwareCodec[]]>([
    [['H264'], ['H264']],
    [
      ['H264', 'AV1'],
      ['AV1', 'H264'],
    ],
    [[], []],
    // Firefox, without a graphics card.
    [['VP8', 'VP9', 'AV1'], []],
    [['VP8', 'VP9', 'AV1', 'H264'], []],
  ])('of a browser that calls %j power-efficient: %j', (efficient, told) => {
    const all = (['VP8', 'VP9', 'AV1', 'H264'] as const).map((codec) => ({
      codec,
      supported: true,
      powerEfficient: efficient.includes(codec),
    }));
    expect(hardwareOf(all)).toEqual(told);
  });

  it('is nothing that the browser does not support at all', () => {
    expect(hardwareOf([{ codec: 'H264', supported: false, powerEfficient: true }])).toEqual([]);
  });

  it.each<[own: string[], peers: string[], chosen: VideoCodec]>([
    [['H264'], ['H264'], 'H264'],
    [['AV1', 'H264'], ['H264', 'AV1'], 'AV1'],
    [['AV1', 'H264'], ['H264'], 'H264'],
    [['AV1'], ['H264'], 'VP8'],
    [['H264'], [], 'VP8'],
    [[], [], 'VP8'],
    [['H264'], ['h265', '__proto__'], 'VP8'],
    [['x'], ['x'], 'VP8'],
  ])('%j here and %j there: both use %s', (own, peers, chosen) => {
    expect(chooseVideoCodec(own, peers)).toBe(chosen);
    expect(chooseVideoCodec(peers, own)).toBe(chosen);
  });

  it('is asked of the browser, and nothing if it does not answer', async () => {
    const encodingInfo = async ({ video }: MediaEncodingConfiguration) => {
      if (video?.contentType === 'video/AV1') throw new TypeError('unknown');
      const powerEfficient = video?.contentType === 'video/H264';
      return { supported: true, smooth: true, powerEfficient };
    };
    expect(await readHardware({ encodingInfo })).toEqual(['H264']);
    expect(await readHardware(undefined)).toEqual([]);
  });
});

describe('the order of codecs', () => {
  const video = ['video/VP8', 'video/rtx', 'video/H264', 'video/AV1', 'video/VP9'];
  const sound = ['audio/opus', 'audio/red', 'audio/PCMU'];
  it.each<[kind: TrackKind, codecs: string[], people: number, order: string[] | undefined]>([
    ['microphone', sound, 2, ['audio/red', 'audio/opus', 'audio/PCMU']],
    ['microphone', sound, RED_PEOPLE, ['audio/red', 'audio/opus', 'audio/PCMU']],
    ['microphone', sound, RED_PEOPLE + 1, undefined],
    ['microphone', ['audio/opus', 'audio/G722'], 2, undefined],
    ['screenAudio', sound, 2, undefined],
    ['camera', video, 2, undefined],
    ['screen', video, 8, ['video/VP9', 'video/AV1', 'video/VP8', 'video/rtx', 'video/H264']],
    ['screen', ['video/VP8', 'video/H264'], 2, undefined],
    ['screen', [], 2, undefined],
  ])('of a %s, of %j among %i', (kind, codecs, people, order) => {
    expect(preferredCodecs(kind, of(...codecs), people)).toEqual(order && of(...order));
  });
});

describe('the hint of a track', () => {
  it.each<[kind: TrackKind, before: string, after: string]>([
    ['microphone', '', 'speech'],
    ['microphone', 'music', 'music'],
    ['camera', '', 'motion'],
    ['camera', 'detail', 'detail'],
    ['screen', '', 'detail'],
    ['screen', 'motion', 'motion'],
    ['screenAudio', '', ''],
  ])('of a %s that has "%s" is "%s"', (kind, before, after) => {
    const track: MediaStreamTrack = Object.create({ contentHint: before });
    hint(track, kind);
    expect(track.contentHint).toBe(after);
  });
});
