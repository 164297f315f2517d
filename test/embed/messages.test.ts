import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FrameMessage,
  frameMessageIn,
  type SiteMessage,
  siteMessageIn,
  stamped,
} from '../../src/embed/messages.ts';

const TO_FRAME: readonly FrameMessage[] = [
  { type: 'hello', token: null },
  { type: 'hello', token: 'a.b.c' },
  { type: 'mute', on: true },
  { type: 'camera', on: false },
  { type: 'share', on: true },
  { type: 'layout', layout: 'speaker' },
  { type: 'pin', peerId: null },
  { type: 'leave' },
];
const TO_SITE: readonly SiteMessage[] = [
  { type: 'ready' },
  { type: 'joined', roomId: 'r', peerId: 'p' },
  { type: 'left', reason: 'kicked' },
  { type: 'peerjoined', peerId: 'p', name: '' },
  { type: 'peerleft', peerId: 'p' },
  { type: 'media', audio: true, video: false, screen: false },
  { type: 'error', code: 'room_full', message: 'Full.' },
  { type: 'knock', knockId: 'k', name: 'Ada' },
  { type: 'tokenneeded' },
];

describe('messages between a site and its frame', () => {
  it('are read as they were written, each in its direction only', () => {
    for (const message of TO_FRAME) {
      expect(frameMessageIn(structuredClone(stamped(message)))).toEqual(stamped(message));
      expect(siteMessageIn(stamped(message))).toBe(undefined);
    }
    for (const message of TO_SITE) {
      expect(siteMessageIn(structuredClone(stamped(message)))).toEqual(stamped(message));
      expect(frameMessageIn(stamped(message))).toBe(undefined);
    }
  });

  it('are ignored without their version, with another one, or with a field that does not fit', () => {
    const bad: readonly unknown[] = [
      { type: 'leave' },
      { parley: 2, type: 'leave' },
      { parley: '1', type: 'leave' },
      { parley: 1, type: 'toString' },
      { parley: 1, type: 'mute', on: 'yes' },
      { parley: 1, type: 'layout', layout: 'circle' },
      { parley: 1, type: 'pin' },
      { parley: 1, type: 'hello', token: '' },
      { parley: 1, type: 'hello', token: 'a'.repeat(16_385) },
      { parley: 1, type: 'pin', peerId: 'a'.repeat(4_097) },
    ];
    for (const data of bad) expect(frameMessageIn(data), JSON.stringify(data)?.slice(0, 80)).toBe(undefined);
    expect(siteMessageIn({ parley: 1, type: 'left', reason: 'bored' })).toBe(undefined);
  });

  it('never throw, whatever anybody posts', () => {
    const kinds = fc.constantFrom(...[...TO_FRAME, ...TO_SITE].map(({ type }) => type));
    const near = fc.record(
      {
        parley: fc.constantFrom(1, '1', 2, null),
        type: fc.oneof(kinds, fc.anything()),
        on: fc.anything(),
        token: fc.anything(),
        peerId: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), near), (data) => {
        for (const message of [frameMessageIn(data), siteMessageIn(data)])
          if (message !== undefined) expect(message).toHaveProperty('parley', 1);
      }),
      { numRuns: 2_000 },
    );
  });
});
