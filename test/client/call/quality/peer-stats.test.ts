import { describe, expect, it } from 'vitest';
import { statsBetween, sumOf } from '../../../../src/client/call/quality/peer-stats.ts';
import { reading } from './readings.ts';

describe('the stats of a peer', () => {
  it('count frames and samples over all kinds, and the screen by itself', () => {
    const now = reading({
      received: {
        microphone: { samples: 480, lost: 1 },
        camera: { framesDecoded: 30, lost: 2 },
        screen: { framesDecoded: 7 },
      },
    });
    expect(statsBetween(undefined, now)).toMatchObject({
      framesDecoded: 37,
      screenFramesDecoded: 7,
      totalSamplesReceived: 480,
      packetsLost: 3,
      roundTripMs: 20,
      sendBitsPerSecond: null,
      receiveBitsPerSecond: null,
    });
  });

  it('have bit rates and shares since the reading before', () => {
    const first = reading({
      bytesSent: 1_000,
      bytesReceived: 5_000,
      sent: { camera: { bytes: 100 } },
      received: { microphone: { bytes: 50, packets: 10, lost: 5, samples: 48_000, concealedSamples: 480 } },
    });
    const second = reading({
      atMs: 2_000,
      bytesSent: 3_000,
      bytesReceived: 5_500,
      sent: { camera: { bytes: 350, lostFraction: 0.25 }, screen: { bytes: 10 } },
      received: {
        microphone: { bytes: 300, packets: 100, lost: 15, samples: 96_000, concealedSamples: 5_280 },
      },
    });
    const stats = statsBetween(first, second);
    expect(stats).toMatchObject({ sendBitsPerSecond: 8_000, receiveBitsPerSecond: 2_000 });
    expect(stats.sent.camera).toMatchObject({ bitsPerSecond: 1_000, lost: 0.25 });
    expect(stats.sent.screen).toMatchObject({ bitsPerSecond: null, lost: null });
    expect(stats.received.microphone).toMatchObject({ bitsPerSecond: 1_000, lost: 0.1, concealed: 0.1 });
    expect(stats.received.camera).toBeUndefined();
  });

  it('have no bit rates after a change of path, and none below zero', () => {
    const first = reading({ bytesSent: 1_000, sent: { camera: { bytes: 100 } } });
    const other = reading({ atMs: 1_000, pairId: 'other', bytesSent: 10, sent: { camera: { bytes: 200 } } });
    expect(statsBetween(first, other)).toMatchObject({
      sendBitsPerSecond: null,
      sent: { camera: { bitsPerSecond: 800 } },
    });
    const anew = reading({ atMs: 1_000, bytesSent: 10, sent: { camera: { bytes: 10 } } });
    expect(statsBetween(first, anew)).toMatchObject({
      sendBitsPerSecond: null,
      sent: { camera: { bitsPerSecond: null } },
    });
  });

  it('call packets lost that came after all, and nothing at all, no loss', () => {
    const line = (packets: number, lost: number) => ({ received: { camera: { packets, lost } } });
    const late = statsBetween(reading(line(10, 5)), reading({ atMs: 1_000, ...line(20, 3) }));
    const nothing = statsBetween(reading(line(10, 5)), reading({ atMs: 1_000, ...line(10, 5) }));
    expect([late.received.camera?.lost, nothing.received.camera?.lost]).toEqual([0, null]);
  });

  it('add up, where they are known', () => {
    expect([sumOf([1, null, 2]), sumOf([null]), sumOf([])]).toEqual([3, null, null]);
  });
});
