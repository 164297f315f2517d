import { describe, expect, it } from 'vitest';
import { live, type Wire } from './wire.ts';

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
    await wire.pass(4_000);
    expect(wire.session.state).toBe('reconnecting');
  });

  it('is probed at once when the network changes', async () => {
    const wire = await live();
    wire.session.nudge();
    wire.session.nudge();
    expect(pings(wire)).toBe(1);
  });
});
