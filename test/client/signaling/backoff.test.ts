import { describe, expect, it } from 'vitest';
import { breakConnection, live } from './wire.ts';

describe('backoff', () => {
  it('dials at once, then pauses longer each time, up to 8 s', async () => {
    const wire = await live({ random: () => 1 - Number.EPSILON });
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      wire.socket.end();
      const before = wire.clock.monotonic();
      const sockets = wire.sockets.length;
      while (wire.sockets.length === sockets) await wire.pass(10);
      waits.push(wire.clock.monotonic() - before - 10);
    }
    expect(waits).toEqual([0, 490, 990, 1990, 3990, 7990, 7990, 7990]);
  });

  it('starts again once a connection has held for 5 s, and not if it breaks sooner', async () => {
    const wire = await live();
    await breakConnection(wire);
    wire.socket.welcome({ resumed: true });
    await wire.pass(4_999);
    await breakConnection(wire);
    expect(wire.sockets).toHaveLength(2);
    await wire.pass(500);
    wire.socket.welcome({ resumed: true });
    await wire.pass(5_000);
    await breakConnection(wire);
    expect(wire.sockets).toHaveLength(4);
  });

  it('ends when the network comes back: the session dials at once', async () => {
    const wire = await live();
    for (let tries = 0; tries < 6; tries += 1) {
      wire.socket.end();
      await wire.pass(tries === 5 ? 0 : 8_000);
    }
    const before = wire.sockets.length;
    wire.session.nudge();
    await wire.pass(0);
    expect(wire.sockets).toHaveLength(before + 1);
  });
});
