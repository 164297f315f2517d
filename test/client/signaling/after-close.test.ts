import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/codes.ts';
import { breakConnection, dialled, live } from './wire.ts';

describe('a close', () => {
  it.each([
    [CLOSE.protocolError, 'protocol_error'],
    [CLOSE.unauthorized, 'unauthorized'],
    [CLOSE.kicked, 'kicked'],
    [CLOSE.banned, 'banned'],
    [CLOSE.roomClosed, 'room_closed'],
    [CLOSE.replaced, 'replaced'],
    [CLOSE.tooManySessions, 'too_many_sessions'],
    [CLOSE.tooLarge, 'too_large'],
    [CLOSE.unsupportedData, 'protocol_error'],
    [CLOSE.tokenExpired, 'token_expired'],
  ])('with %i ends a session that has only one token: %s', async (code, expected) => {
    const wire = await live();
    await breakConnection(wire, code);
    expect(wire.session.state).toBe('closed');
    expect(wire.reported.at(-1)).toMatchObject(['closed', { code: expected, closeCode: code }]);
    expect(wire.clock.pending).toBe(0);
  });

  it.each([1006, 1001, 1011, CLOSE.slowConsumer, CLOSE.heartbeatTimeout])(
    'with %i is followed by a resume at once',
    async (code) => {
      const wire = await live();
      await breakConnection(wire, code);
      expect(wire.sockets).toHaveLength(2);
      expect(wire.socket.protocols).toContain('resume.resume-1.1');
    },
  );

  it('[SE8] with 4100 is followed by a resume when the server asked for it', async () => {
    const wire = await live();
    wire.socket.say('server:draining', 2, { reconnectAfterMs: 3_000 });
    wire.socket.end(CLOSE.draining);
    await wire.pass(2_999);
    expect(wire.sockets).toHaveLength(1);
    await wire.pass(1);
    expect(wire.socket.protocols).toContain('resume.resume-1.2');
  });

  it('with 4103 is followed by a resume after the pause that the server named', async () => {
    const wire = await live();
    wire.socket.say('error', 2, { code: 'rate_limited', message: 'slower', retryAfterMs: 7_000 });
    wire.socket.end(CLOSE.rateLimited);
    await wire.pass(6_999);
    expect(wire.sockets).toHaveLength(1);
    await wire.pass(1);
    expect(wire.sockets).toHaveLength(2);
  });

  it('with 1013 is followed by a resume about 5 s later, so that clients do not all return together', async () => {
    for (const [random, ms] of [
      [0, 2_500],
      [0.5, 5_000],
      [0.99, 7_450],
    ] as const) {
      const wire = await live({ random: () => random });
      wire.socket.end(1013);
      await wire.pass(ms - 1);
      expect(wire.sockets).toHaveLength(1);
      expect(wire.session.state).toBe('reconnecting');
      await wire.pass(1);
      expect(wire.sockets).toHaveLength(2);
    }
  });

  it('[SE6] with 4104 is followed by a resume with a fresh token', async () => {
    const asked: boolean[] = [];
    const wire = await live({ token: (fresh) => `jwt-${asked.push(fresh)}` });
    await breakConnection(wire, CLOSE.tokenExpired);
    expect(asked).toEqual([false, true]);
    expect(wire.socket.protocols).toEqual(['parley.v1', 'token.jwt-2', 'resume.resume-1.1']);
  });

  it('[WS2] with 4001 is followed by one try with a fresh token; the second is final', async () => {
    const asked: boolean[] = [];
    const wire = await dialled({ token: (fresh) => `jwt-${asked.push(fresh)}` });
    await breakConnection(wire, CLOSE.unauthorized);
    expect(wire.sockets).toHaveLength(2);
    await wire.pass(60_000);
    wire.socket.end(CLOSE.unauthorized);
    expect(asked.slice(0, 2)).toEqual([false, true]);
    expect(wire.session.state).toBe('closed');
  });
});
