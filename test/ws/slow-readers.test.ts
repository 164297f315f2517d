import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMIT_DEFAULTS, type Limits } from '../../src/protocol/limits.ts';
import type { Hub } from '../../src/signaling/hub.ts';
import type { PeerSocket } from '../../src/signaling/session/peer-socket.ts';
import { type GatewayStage, startGateway } from '../support/server/gateway.ts';
import type { RawClient } from '../support/server/ws-client.ts';

const SDP = 'x'.repeat(60_000);
const MIB = 1_048_576;

let stage: GatewayStage;
afterEach(() => stage.close());

/** A gateway that exposes its end of each connection, in the order of arrival. */
async function startWatched(over: Partial<Limits> = {}): Promise<PeerSocket[]> {
  const limits = {
    ...LIMIT_DEFAULTS,
    keptBytes: 64 * MIB,
    keptMessages: 4_000,
    messageBurst: 10_000,
    ...over,
  };
  const sockets: PeerSocket[] = [];
  const hubSeen = (hub: Hub): Hub => ({
    ...hub,
    connect(arrival) {
      sockets.push(arrival.socket);
      return hub.connect(arrival);
    },
  });
  stage = await startGateway({ limits, hubSeen });
  return sockets;
}

/** Whether this process still holds the server's end of a connection. A socket that only the kernel holds has no inode. */
function isHeld(client: RawClient): boolean {
  const socket: unknown = Reflect.get(client.socket, '_socket');
  if (!(socket instanceof Socket)) throw new Error('`ws` keeps its socket elsewhere now');
  const port = (number = 0): string => number.toString(16).toUpperCase().padStart(4, '0');
  const ends = `:${port(socket.remotePort)} \\w+:${port(socket.localPort)}`;
  const line = new RegExp(`^ *\\d+: \\w+${ends} .*$`, 'm').exec(readFileSync('/proc/self/net/tcp', 'utf8'));
  const inode = line?.[0].trim().split(/\s+/)[9];
  return inode !== undefined && inode !== '0';
}

describe('a slow reader', () => {
  it('gets every waiting frame in order, although uWS alone silently drops frames past 64 KiB', async () => {
    const sockets = await startWatched();
    const [slow, ben] = [await stage.inside('slow'), await stage.inside('ben')];
    slow.socket.pause();
    let sent = 0;
    for (; (sockets[0]?.buffered() ?? 0) < MIB / 2; sent += 1) {
      await ben.request('call:offer', { to: slow.peerId, sdp: SDP, n: sent });
    }
    slow.socket.resume();
    await slow.settled();
    const numbers = slow.frames
      .filter(({ event }) => event === 'call:offer')
      .map(({ payload }) => Number(/"n":(\d+)/.exec(JSON.stringify(payload))?.[1]));
    expect(numbers).toEqual(Array.from({ length: sent }, (_, place) => place));
    expect(ben.events()).not.toContain('peer:suspended');
  });

  it('that never reads again is closed at 1 MiB, delays nobody, and its connection is freed', async () => {
    const sockets = await startWatched({ heartbeatMs: 2_000 });
    const [slow, ben] = [await stage.inside('slow'), await stage.inside('ben')];
    expect(isHeld(slow)).toBe(true);
    slow.socket.pause();
    const suspended = ben.next('peer:suspended').then(() => true);
    let most = 0;
    for (let over = false; !over; ) {
      const answered = ben.request('call:offer', { to: slow.peerId, sdp: SDP }).then(() => false);
      over = await Promise.race([suspended, answered]);
      most = Math.max(most, sockets[0]?.buffered() ?? 0);
    }
    expect(most).toBeLessThanOrEqual(MIB);
    expect(stage.gateway.stats().connections).toBe(1);
    expect(sockets[0]?.send('late')).toBe('dropped');
    // If the client doesn't even read the close frame, uWS ends the connection by its timeout.
    await expect.poll(() => isHeld(slow), { timeout: 40_000, interval: 200 }).toBe(false);
    expect(isHeld(ben)).toBe(true);
    slow.socket.resume();
    expect([1006, 4101]).toContain((await slow.closed).code);
  });
});
