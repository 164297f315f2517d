import { describe, expect, it } from 'vitest';
import { createHeartbeat } from '../../src/ws/heartbeat.ts';
import { Connection } from '../../src/ws/socket.ts';
import { FakeClock } from '../support/clock.ts';

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

  it('visits nobody twice when the process was held up for long', () => {
    const clock = new FakeClock();
    const heartbeat = createHeartbeat({ clock, heartbeatMs: 25_000, onSilent: () => {} });
    const connections = Array.from({ length: 10 }, newConnection);
    for (const connection of connections) heartbeat.add(connection);
    clock.stall(75_000);
    expect(connections.map(({ quiet }) => quiet)).toEqual(connections.map(() => 1));
    heartbeat.close();
  });
});

function newConnection(): Connection {
  return new Connection({ token: undefined, resume: undefined, roomId: undefined }, '', (peer) => peer);
}
