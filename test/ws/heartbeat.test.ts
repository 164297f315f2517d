import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/ws/connection.ts';
import { createHeartbeat, idleTimeoutSeconds } from '../../src/ws/heartbeat.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('createHeartbeat', () => {
  it('ends a connection after two heartbeats without a sign of life, and no other', () => {
    const clock = new FakeClock();
    const silent: Connection[] = [];
    const heartbeat = createHeartbeat({
      clock,
      heartbeatMs: 25_000,
      onSilent: (connection) => {
        silent.push(connection);
        heartbeat.remove(connection);
      },
    });
    const [dead, alive] = [newConnection(), newConnection()];
    for (const connection of [dead, alive]) heartbeat.add(connection);
    for (let beat = 0; beat < 2; beat += 1) {
      clock.advance(25_000);
      alive.quiet = 0;
    }
    expect(silent).toEqual([]);
    clock.advance(25_000);
    alive.quiet = 0;
    clock.advance(50_000);
    expect(silent).toEqual([dead]);
    heartbeat.close();
    expect(clock.pending).toBe(0);
  });

  it('visits each of many once in a heartbeat, a few at a time', () => {
    const clock = new FakeClock();
    const heartbeat = createHeartbeat({ clock, heartbeatMs: 25_000, onSilent: () => {} });
    const connections = Array.from({ length: 1_000 }, newConnection);
    for (const connection of connections) heartbeat.add(connection);
    for (let visited = 1; visited <= 20; visited += 1) {
      clock.advance(25);
      expect(connections.filter(({ quiet }) => quiet > 0)).toHaveLength(visited);
    }
    clock.advance(24_500);
    expect(new Set(connections.map(({ quiet }) => quiet))).toEqual(new Set([1]));
    heartbeat.close();
  });

  it('visits no connection twice after a long stall', () => {
    const clock = new FakeClock();
    const heartbeat = createHeartbeat({ clock, heartbeatMs: 25_000, onSilent: () => {} });
    const connections = Array.from({ length: 10 }, newConnection);
    for (const connection of connections) heartbeat.add(connection);
    clock.stall(75_000);
    expect(connections.map(({ quiet }) => quiet)).toEqual(connections.map(() => 1));
    heartbeat.close();
  });
});

describe('a heartbeat longer than the idle timeout of uWS, which is 960 s at most', () => {
  it.each([240_000, 240_001, 300_000, 960_000, 1_000_000, 86_400_000])(
    'of %i ms pings in time for it, and still gives two heartbeats to answer',
    (heartbeatMs) => {
      const clock = new FakeClock();
      const silent: Connection[] = [];
      const heartbeat = createHeartbeat({
        clock,
        heartbeatMs,
        onSilent: (connection) => {
          heartbeat.remove(connection);
          silent.push(connection);
        },
      });
      const connections = Array.from({ length: 3 }, newConnection);
      for (const connection of connections) heartbeat.add(connection);
      expect(idleTimeoutSeconds(heartbeatMs)).toBe(960);
      const pingedAt = connections.map(() => 0);
      for (let seconds = 0; seconds < 7_200; seconds += 60) {
        clock.advance(60_000);
        for (const [index, connection] of connections.entries()) {
          if (connection.quiet > 0) pingedAt[index] = seconds;
          connection.quiet = 0;
        }
        expect(seconds - Math.min(...pingedAt)).toBeLessThanOrEqual(480);
      }
      expect(silent).toEqual([]);
      clock.advance(2 * heartbeatMs - 1_000);
      expect(silent).toEqual([]);
      clock.advance(heartbeatMs + 2_000);
      expect(new Set(silent)).toEqual(new Set(connections));
      heartbeat.close();
    },
  );
});

function newConnection(): Connection {
  return new Connection({ token: undefined, resume: undefined, roomId: undefined }, '', (peer) => peer);
}
