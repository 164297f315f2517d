import { describe, expect, it } from 'vitest';
import type { CallStats } from '../../src/client/index.ts';
import type { SdkWindow } from './support/in-page.ts';
import { DEADLINE_MS, meetings } from './support/meeting.ts';
import type { SdkPage } from './support/sdk-page.ts';

const meeting = meetings();

function statsOf(person: SdkPage): Promise<CallStats | undefined> {
  return person.page.evaluate(() => {
    const own: SdkWindow = window;
    return own.call?.stats();
  });
}

/** Counts how often the browser is asked for stats, from now on. */
function countReadings(person: SdkPage): Promise<void> {
  return person.page.evaluate(() => {
    const { getStats } = RTCPeerConnection.prototype;
    const own = window as Window & { readings?: number };
    own.readings = 0;
    RTCPeerConnection.prototype.getStats = function (...args: []) {
      own.readings = (own.readings ?? 0) + 1;
      return getStats.apply(this, args);
    };
  });
}

/** The most readings within a second are those of the sampler, and few of others. */
function readingsWithin(person: SdkPage, ms: number): Promise<number> {
  return person.page.evaluate(async (time) => {
    const own = window as Window & { readings?: number };
    const before = own.readings ?? 0;
    for (let asked = 0; asked < 50; asked += 1) {
      await (window as SdkWindow).call?.stats();
      await new Promise((resolve) => setTimeout(resolve, time / 50));
    }
    return (own.readings ?? 0) - before;
  }, ms);
}

describe('the quality of a call', { timeout: 3 * DEADLINE_MS }, () => {
  it('is measured for everybody, in both directions, and judged', async () => {
    const ann = await meeting.arrive('ann');
    const ben = await meeting.arrive('ben');
    await ann.receives(1);
    await ben.receives(1);
    await ann.eventually(async () => {
      const stats = await statsOf(ann);
      expect(stats).toMatchObject({
        line: expect.stringMatching(/good|fair/),
        uplink: { limit: 'auto' },
        peers: [
          {
            path: 'direct',
            protocol: 'udp',
            quality: expect.stringMatching(/good|fair|poor/),
            sent: {
              camera: {
                codec: expect.any(String),
                framesPerSecond: expect.any(Number),
                limitedBy: expect.any(String),
              },
              microphone: { codec: expect.any(String), bitsPerSecond: expect.any(Number) },
            },
            received: {
              camera: { height: expect.any(Number), freezes: expect.any(Number) },
              microphone: { concealed: expect.any(Number), jitterMs: expect.any(Number) },
            },
          },
        ],
      });
      expect(stats?.sendBitsPerSecond).toBeGreaterThan(0);
    });
    await countReadings(ann);
    const readings = await readingsWithin(ann, 5_000);
    expect(readings).toBeGreaterThanOrEqual(2);
    expect(readings).toBeLessThanOrEqual(9);
  });

  it('counts no fault for somebody who is muted and shows no picture', async () => {
    const ann = await meeting.arrive('ann');
    const ben = await meeting.arrive('ben', { camera: false });
    await ann.until('it is connected', ([peer]) => peer?.connectionState === 'connected');
    await ben.setMuted({ audio: true });
    await ann.eventually(async () => {
      const [peer] = (await statsOf(ann))?.peers ?? [];
      expect(peer).toMatchObject({ quality: 'good' });
    });
  });
});
