import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../../src/client/call/remote-media.ts';
import { SeededRandom } from '../../../support/turn/random.ts';
import { onLine, settled, trackOf } from '../../support/fake-uplink.ts';

type Line = ReturnType<typeof onLine>;

const shown = (height: number, first = false): Asked => ({
  camera: { height, first },
  screen: { height: 0, first: false },
});

function talk({ tracks, uplink }: Line): void {
  tracks.set('microphone', trackOf('audio'));
  tracks.set('camera', trackOf('video'));
  uplink.note();
}

/** The height of what a peer is sent, in pixels. */
function height(line: Line, index = 0): number {
  return 720 / (line.peer(index).camera.scaleResolutionDownBy ?? 1);
}

describe('an uplink', () => {
  it('is limited before anybody has asked', async () => {
    const line = onLine({ peers: 3, capacity: 600_000 });
    talk(line);
    await settled();
    for (const { camera } of line.peers) expect(camera.maxBitrate).toBeLessThan(400_000);
  });

  it('gives one peer on a fast line a whole picture within three seconds', async () => {
    const line = onLine({ peers: 1, capacity: 20_000_000 });
    talk(line);
    await line.seconds(3);
    expect(line.peer(0).camera).toMatchObject({ active: true, scaleResolutionDownBy: 1, maxFramerate: 30 });
    expect(line.peer(0).camera.maxBitrate).toBeGreaterThan(1_500_000);
    expect(line.line.lost).toBe(0);
  });

  it.each([
    [3, 600_000],
    [3, 1_500_000],
    [7, 1_500_000],
    [7, 600_000],
  ])(
    'to %i peers settles within ten seconds on a line of %i bit/s, and loses nothing after',
    async (peers, capacity) => {
      const line = onLine({ peers, capacity });
      talk(line);
      await line.second();
      for (const peer of line.peers) peer.asked = shown(360);
      line.uplink.note();
      await line.seconds(9);
      line.line.lost = 0;
      line.line.worstMs = 0;
      for (let second = 0; second < 110; second += 1) {
        await line.second();
        expect(line.line.sent).toBeGreaterThan(0.7 * capacity);
      }
      expect(line.line.lost).toBe(0);
      expect(line.line.worstMs).toBeLessThan(200);
    },
  );

  it.each([3, 7])(
    'to %i peers goes on sending if reports are late because a machine is busy',
    async (peers) => {
      const random = new SeededRandom(peers);
      const line = onLine({ peers, capacity: 20_000_000, isLate: () => random.next(2) === 0 });
      for (const peer of line.peers) peer.asked = shown(180);
      talk(line);
      await line.seconds(120);
      for (const peer of line.peers) {
        expect(peer.holds).toEqual([]);
        expect(peer.camera.maxFramerate).toBeGreaterThanOrEqual(20);
      }
    },
  );

  it('grows when the line does, and gives way when it shrinks', async () => {
    const line = onLine({ peers: 3, capacity: 600_000 });
    talk(line);
    await line.seconds(30);
    line.line.capacity = 5_000_000;
    await line.seconds(60);
    expect(line.line.sent).toBeGreaterThan(2_000_000);
    line.line.capacity = 800_000;
    await line.seconds(10);
    expect(line.line.sent).toBeLessThan(800_000);
  });

  it('gives less to a peer whose own path is slow, and not to the others', async () => {
    const line = onLine({ peers: 3, capacity: 20_000_000 });
    line.peer(0).capacity = 300_000;
    for (const peer of line.peers) peer.asked = shown(360);
    talk(line);
    await line.seconds(20);
    expect(line.peer(0).camera.maxBitrate).toBeLessThan(300_000);
    for (const index of [1, 2]) expect(line.peer(index).camera.maxBitrate).toBeGreaterThan(400_000);
  });

  it('stops what is hidden and sends it again at once, in the size that is asked for', async () => {
    const line = onLine({ peers: 2, capacity: 20_000_000 });
    talk(line);
    await line.seconds(5);
    line.peer(0).asked = shown(0);
    line.uplink.note();
    await settled();
    expect(line.peer(0).camera.active).toBe(false);
    line.peer(0).asked = shown(240);
    line.uplink.note();
    await settled();
    expect(line.peer(0).camera.active).toBe(true);
    expect(height(line)).toBeLessThanOrEqual(240);
    expect(height(line)).toBeGreaterThanOrEqual(216);
    expect(line.peer(0).holds).toEqual([]);
  });

  it('sends sound alone if told so, says what it holds, and goes back at once', async () => {
    const line = onLine({ peers: 2, capacity: 20_000_000 });
    talk(line);
    await line.seconds(3);
    line.uplink.setLimit('sound');
    await settled();
    expect(line.peer(0).camera.active).toBe(false);
    expect(line.peer(0).holds).toEqual([{ camera: true, screen: false }]);
    line.uplink.setLimit('auto');
    await settled();
    expect(line.peer(0).camera.active).toBe(true);
    expect(line.peer(0).holds.at(-1)).toEqual({ camera: false, screen: false });
  });

  it('stays within the limits of the person and of the application', async () => {
    const line = onLine({ peers: 2, capacity: 20_000_000, options: { maxUplink: 900_000, uplink: 500_000 } });
    talk(line);
    await line.seconds(5);
    expect(line.line.sent).toBeLessThanOrEqual(500_000);
    line.uplink.setLimit('auto');
    await line.seconds(10);
    expect(line.line.sent).toBeGreaterThan(600_000);
    expect(line.line.sent).toBeLessThanOrEqual(900_000);
    expect(() => line.uplink.setLimit(49_999)).toThrow(RangeError);
  });

  it('reports its state once a second at most, and null while nobody is there', async () => {
    const line = onLine({ peers: 2, capacity: 20_000_000 });
    expect(line.uplink.state).toEqual({ limit: 'auto', bitsPerSecond: null });
    talk(line);
    for (const limit of [100_000, 200_000, 300_000]) line.uplink.setLimit(limit);
    expect(line.uplink.state.limit).toBe(300_000);
    await line.seconds(3);
    expect(line.states.length).toBeLessThanOrEqual(3);
    expect(line.states.at(-1)?.limit).toBe(300_000);
    line.uplink.stop();
    expect(line.clock.pending).toBe(0);
  });

  it('begins anew on a new connection, whatever the one before held', async () => {
    const line = onLine({ peers: 3, capacity: 20_000_000 });
    talk(line);
    await line.seconds(3);
    line.line.capacity = 170_000;
    await line.seconds(20);
    for (const { holds } of line.peers) expect(holds.at(-1)?.camera).toBe(true);
    line.line.capacity = 20_000_000;
    for (const peer of line.peers) peer.reconnect();
    await line.seconds(2);
    for (const { camera } of line.peers) expect(camera.active).toBe(true);
  });

  it('gives nothing to a track that is off', async () => {
    const line = onLine({ peers: 1, capacity: 20_000_000 });
    const camera = trackOf('video');
    line.tracks.set('camera', camera);
    camera.enabled = false;
    line.uplink.note();
    expect(line.uplink.state.bitsPerSecond).toBe(0);
    camera.enabled = true;
    line.uplink.note();
    await settled();
    expect(line.peer(0).camera.maxBitrate).toBeGreaterThan(1_000_000);
  });
});
