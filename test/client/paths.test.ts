import { describe, expect, it, vi } from 'vitest';
import { DEADLINE_MS, meetings } from './support/meeting.ts';

const meeting = meetings();

describe('a network change', () => {
  it('leaves a path alone on which packets still come', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const looked = await bob.page.evaluate(async () => {
      let looks = 0;
      const { getStats } = RTCPeerConnection.prototype;
      const second = new Promise<void>((resolve) => {
        RTCPeerConnection.prototype.getStats = function () {
          looks += 1;
          if (looks === 2) resolve();
          return getStats.call(this);
        };
      });
      window.dispatchEvent(new Event('online'));
      await second;
      return looks;
    });
    expect(looked).toBe(2);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect(meeting.offers()).toHaveLength(1);
  });

  it('restarts ICE at once if none come, though the path still counts as connected', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([ann.receives(1), bob.receives(1)]);
    await bob.page.evaluate(async () => {
      // Nothing can cut this machine off from itself, so the stats stand still instead.
      const { getStats } = RTCPeerConnection.prototype;
      let kept: Promise<RTCStatsReport> | undefined;
      RTCPeerConnection.prototype.getStats = function () {
        kept ??= getStats.call(this);
        return kept;
      };
      RTCRtpReceiver.prototype.getSynchronizationSources = () => [];
      window.dispatchEvent(new Event('online'));
    });
    const [peer] = await bob.peers();
    expect(peer?.connectionState).toBe('connected');
    await vi.waitFor(() => expect(meeting.offers()).toHaveLength(2), DEADLINE_MS);
    await ann.receives(1);
    const [first, second] = meeting
      .offers()
      .map(({ payload }) => /a=ice-ufrag:(\S+)/.exec(String(payload['sdp']))?.[1]);
    expect(second).not.toBe(first);
  });
});

describe('a missing answer', () => {
  it('is asked for again by the same offer', async () => {
    const ann = await meeting.arrive('ann');
    meeting.server.lose('call:answer', 'bob', 1);
    const bob = await meeting.open('bob');
    await bob.page.clock.install();
    await bob.join(meeting.roomId);
    await vi.waitFor(
      () => expect(meeting.server.came.filter(({ event }) => event === 'call:answer')).toHaveLength(1),
      DEADLINE_MS,
    );
    await bob.page.clock.runFor(10_000);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const [first, second] = meeting.offers('bob').map(({ payload }) => payload['connection']);
    expect(second).toEqual(first);
  });

  it('makes the peer failed, not connecting forever; it is called again and again', async () => {
    const deaf = await meeting.open('deaf');
    await deaf.joinBare(meeting.roomId, { offers: false, asObject: false });
    meeting.server.lose('call:offer', 'deaf', 1_000);
    const bob = await meeting.open('bob');
    await bob.page.clock.install();
    await bob.join(meeting.roomId);
    const offers = () => meeting.offers('bob').length;
    for (const [index, pause] of [10_000, 6_000, 8_000, 12_000].entries()) {
      await vi.waitFor(() => expect(offers()).toBe(index + 1), DEADLINE_MS);
      await bob.page.clock.runFor(pause);
    }
    await bob.until('deaf is unreachable', ([peer]) => peer?.connectionState === 'failed');
    // Offers arrive again: the next try succeeds. Media takes real time, so that the clock may not run ahead from there.
    meeting.server.lose('call:offer', 'deaf', 0);
    await vi.waitFor(async () => {
      await bob.page.clock.runFor(10_000);
      expect(meeting.server.came.some(({ event }) => event === 'call:answer')).toBe(true);
    }, DEADLINE_MS);
    await bob.until('deaf is back', ([peer]) => peer?.connectionState === 'connected');
  });
});
