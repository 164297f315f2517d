import { describe, expect, it } from 'vitest';
import { breakConnection, live, type Wire } from './wire.ts';

describe('a connection that dies without a close event', () => {
  const pings = (wire: Wire) => wire.sockets[0]?.sent.filter(({ event }) => event === 'ping').length;

  it('is probed after a heartbeat without a frame, and left 4 s later', async () => {
    const wire = await live();
    await wire.pass(24_999);
    expect(pings(wire)).toBe(0);
    await wire.pass(1);
    expect(pings(wire)).toBe(1);
    await wire.pass(3_999);
    expect(wire.session.state).toBe('live');
    await wire.pass(1);
    expect(wire.session.state).toBe('reconnecting');
    await wire.pass(0);
    expect(wire.socket.protocols).toContain('resume.resume-1.1');
  });

  it('is kept if an answer comes', async () => {
    const wire = await live();
    await wire.pass(25_000);
    wire.socket.say('pong', 2, { serverTime: '' });
    await wire.pass(10_000);
    expect(wire.session.state).toBe('live');
  });

  it('is probed at once after sleep', async () => {
    const wire = await live();
    wire.clock.jump(3_600_000);
    await wire.pass(5_000);
    expect(pings(wire)).toBe(1);
    await wire.pass(1_000);
    expect(wire.session.state).toBe('reconnecting');
  });

  it('is probed at once when the network may have changed, and left a second later', async () => {
    const wire = await live();
    wire.session.nudge();
    await wire.pass(500);
    wire.session.nudge();
    expect(pings(wire)).toBe(1);
    await wire.pass(499);
    expect(wire.session.state).toBe('live');
    await wire.pass(1);
    expect(wire.session.state).toBe('reconnecting');
  });

  it('is given less time if a sign of a changed network comes during the wait', async () => {
    const wire = await live();
    await wire.pass(25_000);
    wire.session.nudge();
    expect(pings(wire)).toBe(2);
    await wire.pass(1_000);
    expect(wire.session.state).toBe('reconnecting');
  });

  it('is left at once when the network has moved, for one new connection, however often that is said', async () => {
    const wire = await live();
    await wire.pass(1_000);
    wire.session.nudge(true);
    expect(wire.session.state).toBe('reconnecting');
    wire.session.nudge(true);
    await wire.pass(0);
    wire.session.nudge(true);
    expect(wire.sockets).toHaveLength(2);
    wire.socket.welcome({ resumed: true });
    wire.session.nudge(true);
    expect(wire.session.state).toBe('live');
    expect(wire.socket.sent.map(({ event }) => event)).toContain('ping');
    expect(wire.sockets).toHaveLength(2);
  });

  it('while it is dialled for over a second, is dialled anew when the network has moved', async () => {
    const wire = await live();
    await breakConnection(wire);
    await wire.pass(0);
    expect(wire.sockets).toHaveLength(2);
    wire.session.nudge();
    await wire.pass(1_000);
    expect(wire.sockets).toHaveLength(2);
    wire.session.nudge(true);
    await wire.pass(0);
    expect(wire.sockets).toHaveLength(3);
    wire.socket.welcome({ resumed: true });
    expect(wire.session.state).toBe('live');
  });
});
