import { describe, expect, it, vi } from 'vitest';
import type { SdkWindow } from './support/in-page.ts';
import { DEADLINE_MS, meetings } from './support/meeting.ts';

const meeting = meetings();

describe('what a browser refuses', () => {
  it('WebRTC: join rejects, and nobody inside sees a ghost', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.open('bob');
    await bob.page.evaluate(() => {
      Object.defineProperty(window, 'RTCPeerConnection', { value: undefined });
    });
    await expect(bob.join(meeting.roomId)).rejects.toThrow('This browser has no WebRTC');
    expect(await ann.peers()).toEqual([]);
    expect(meeting.server.came.filter(({ event, from }) => event === 'room:join' && from === 'bob')).toEqual(
      [],
    );
  });

  it('one connection of several: the call goes on with the others, and the failure is reported', async () => {
    const [ann] = [await meeting.arrive('ann'), await meeting.arrive('bob')];
    const cem = await meeting.open('cem');
    await cem.page.evaluate(() => {
      const Real = RTCPeerConnection;
      let made = 0;
      Object.defineProperty(window, 'RTCPeerConnection', {
        value: class extends Real {
          constructor(configuration?: RTCConfiguration) {
            made += 1;
            // The first one gives way to one with this person's certificate.
            if (made === 3) throw new DOMException('Cannot create so many PeerConnections', 'UnknownError');
            super(configuration);
          }
        },
      });
    });
    await cem.join(meeting.roomId);
    await cem.until('ann is connected', (peers) =>
      peers.some(({ userId, connectionState }) => userId === 'ann' && connectionState === 'connected'),
    );
    await cem.until('bob is failed', (peers) =>
      peers.some(({ userId, connectionState }) => userId === 'bob' && connectionState === 'failed'),
    );
    await vi.waitFor(
      async () => expect(await cem.heard()).toContainEqual(expect.stringContaining('so many')),
      DEADLINE_MS,
    );
    await ann.until('bob is still seen', (peers) =>
      peers.some(({ userId, connectionState }) => userId === 'bob' && connectionState === 'connected'),
    );
  });

  it('an ICE server’s URL: it is left out and reported, and the others are used', async () => {
    meeting.server.iceServers = [
      { urls: ['stun:127.0.0.1:9?transport=udp', 'stun:127.0.0.1:9'] },
      { urls: 'turn:127.0.0.1' },
    ];
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([ann.receives(1), bob.receives(1)]);
    await bob.eventually(async () =>
      expect(await bob.heard()).toEqual([
        'error unsupported This browser refuses the ICE server stun:127.0.0.1:9?transport=udp; it is left out.',
        'error unsupported This browser refuses the ICE server turn:127.0.0.1; it is left out.',
      ]),
    );
  });
});

describe('a listener that throws', () => {
  it('is reported as uncaught, and the call goes on', async () => {
    const ann = await meeting.arrive('ann');
    const faults: string[] = [];
    ann.page.on('pageerror', ({ message }) => faults.push(message));
    await ann.page.evaluate(() => {
      const own: SdkWindow = window;
      own.call?.on('peer', () => {
        throw new Error('in the application');
      });
      own.call?.on('peer', () => own.heard?.push('the next listener'));
    });
    await meeting.arrive('bob');
    await ann.receives(1);
    await ann.eventually(async () => {
      expect(await ann.heard()).toContain('the next listener');
      expect(faults).toEqual(['in the application']);
    });
  });
});
