import { describe, expect, it } from 'vitest';
import { ParleyClientError } from '../../../src/client/errors.ts';
import { CLOSE } from '../../../src/protocol/codes.ts';
import { dialled, live, promised, WELCOME, type Wire } from './wire.ts';

const answer = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof ParleyClientError ? error.code : error),
  );

const events = ({ heard }: Wire) => heard.flatMap(([name, value]) => (name === 'message' ? [value] : []));

/** The line breaks and the session dials again, which it does at once. */
async function broken(wire: Wire, code = 1006): Promise<void> {
  wire.line.end(code);
  await wire.pass(0);
}

describe('a session', () => {
  it('[WS1] carries the token in a subprotocol, beside the version', async () => {
    const wire = await dialled();
    expect(wire.line.protocols).toEqual(['parley.v1', 'token.jwt']);
    expect(wire.line.url).toBe('ws://test/ws');
  });

  it('[SE1] is live with the welcome, and not before', async () => {
    const wire = await dialled();
    expect(wire.session.state).toBe('connecting');
    wire.line.welcome({ peerId: 'me' });
    expect(wire.session.state).toBe('live');
    expect(wire.session.welcome?.peerId).toBe('me');
  });

  it('[WS4] numbers what it asks, from 1, and resolves with the one answer', async () => {
    const wire = await live();
    const first = wire.session.request('room:leave', {});
    const second = wire.session.request('room:join', { roomId: '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a' });
    expect(wire.line.sent.map(({ event, id }) => [event, id])).toEqual([
      ['room:leave', 1],
      ['room:join', 2],
    ]);
    wire.line.say('ack', 2, undefined, 1);
    wire.line.say('error', 3, { code: 'room_full', message: 'full' }, 2);
    await expect(first).resolves.toMatchObject({ event: 'ack', re: 1 });
    await expect(second).rejects.toMatchObject({ code: 'room_full', message: 'full' });
  });

  it('keeps what is asked before the first welcome, and sends it then', async () => {
    const wire = await dialled();
    void wire.session.request('room:leave', {});
    expect(wire.line.sent).toEqual([]);
    wire.line.welcome();
    expect(wire.line.sent.map(({ id }) => id)).toEqual([1]);
  });

  it('[SE1] takes a welcome that says more than it knows, such as the features of a later server', async () => {
    const wire = await dialled();
    const more = { features: ['chat', 'knock'], region: { name: 'north' } };
    wire.line.say('welcome', 1, { ...WELCOME, ...more });
    expect(wire.session.state).toBe('live');
  });

  it('understands codes and reasons of a later protocol as far as it must: who left is gone, what was refused is', async () => {
    const wire = await live();
    const asked = wire.session.request('room:leave', {});
    wire.line.say('error', 2, { code: 'not_of_this_age', message: 'The room sleeps.' }, 1);
    wire.line.say('peer:left', 3, { peerId: 'bob', reason: 'beamed_up' });
    await expect(asked).rejects.toMatchObject({ code: 'internal', message: 'The room sleeps.' });
    expect(events(wire)).toContainEqual(
      expect.objectContaining({ event: 'peer:left', payload: { peerId: 'bob', reason: 'left' } }),
    );
  });

  it('ignores events of a later protocol, and counts them', async () => {
    const wire = await live();
    wire.line.say('hologram', 2, { depth: 3 });
    wire.line.say('peer:speaking', 3, { peerId: 'bob', speaking: true });
    expect(events(wire)).toMatchObject([{ event: 'peer:speaking' }]);
    await broken(wire);
    expect(wire.line.protocols).toContain('resume.resume-1.3');
  });

  it('refuses to send a message that the server would close the line for', async () => {
    const wire = await live();
    const sdp = 'ü'.repeat(40_000);
    expect(await answer(wire.session.request('call:offer', { sdp }))).toBe('too_large');
    expect(wire.line.sent).toEqual([]);
    expect(
      await answer(
        Promise.race([wire.session.request('call:offer', { sdp: 'x'.repeat(60_000) }), promised()]),
      ),
    ).toBe('answered');
    expect(wire.line.sent.map(({ id }) => id)).toEqual([1]);
  });

  it('holds at most 1,024 messages without an answer', async () => {
    const wire = await live();
    await broken(wire);
    for (let index = 0; index < 1_024; index += 1) wire.session.request('room:leave', {}).catch(() => {});
    expect(await answer(wire.session.request('room:leave', {}))).toBe('rate_limited');
  });

  it('leaves no timer and no promise behind when it is closed', async () => {
    const wire = await live();
    const asked = wire.session.request('room:leave', {});
    wire.line.say('pong', 2, { serverTime: '' });
    wire.session.close();
    expect(await answer(asked)).toBe('closed');
    expect(await answer(wire.session.request('room:leave', {}))).toBe('closed');
    expect(wire.line.closedWith).toBe(CLOSE.normal);
    expect(wire.clock.pending).toBe(0);
    expect(wire.heard.map(([name, value]) => (name === 'state' ? value : name))).toEqual([
      'live',
      'message',
      'closed',
      'closed',
    ]);
  });

  it('gives up a welcome of another protocol version', async () => {
    const wire = await dialled();
    wire.line.say('welcome', 1, { protocol: 2 });
    expect(wire.session.state).toBe('closed');
    expect(wire.heard.at(-1)).toMatchObject(['closed', { code: 'protocol_error' }]);
  });
});

describe('resume', () => {
  it('[SE3] shows the token and the last number, and dials at once', async () => {
    const wire = await live();
    wire.line.say('pong', 2, { serverTime: '' });
    await broken(wire);
    expect(wire.session.state).toBe('reconnecting');
    expect(wire.lines).toHaveLength(2);
    expect(wire.line.protocols).toEqual(['parley.v1', 'token.jwt', 'resume.resume-1.2']);
  });

  it('[SE3] sends again what the server has not processed, in order, and nothing that it has', async () => {
    const wire = await live();
    const asked = [1, 2, 3, 4].map(() => wire.session.request('room:leave', {}));
    wire.line.say('ack', 2, undefined, 1);
    await broken(wire);
    wire.line.welcome({ resumed: true, resumeToken: 'resume-2', lastId: 2 });
    expect(wire.line.sent.map(({ id }) => id)).toEqual([3, 4]);
    wire.line.say('ack', 3, undefined, 2);
    wire.line.say('ack', 4, undefined, 3);
    wire.line.say('ack', 5, undefined, 4);
    expect(await Promise.all(asked.map(answer))).toEqual(Array(4).fill('answered'));
  });

  it('[SE3] hears each message once, in order, however often it is repeated', async () => {
    const wire = await live();
    const speaking = (line: Wire['line'], seq: number) =>
      line.say('peer:speaking', seq, { peerId: `p${seq}`, speaking: true });
    speaking(wire.line, 2);
    speaking(wire.line, 3);
    await broken(wire);
    wire.line.welcome({ resumed: true });
    for (const seq of [2, 3, 4, 4, 5]) speaking(wire.line, seq);
    expect(events(wire)).toMatchObject(['p2', 'p3', 'p4', 'p5'].map((peerId) => ({ payload: { peerId } })));
  });

  it('[SE4] never goes over a hole: it resumes from before it', async () => {
    const wire = await live();
    wire.line.say('pong', 2, { serverTime: '' });
    wire.line.say('pong', 4, { serverTime: '' });
    expect(wire.session.state).toBe('reconnecting');
    expect(wire.line.closedWith).toBeNull();
    await wire.pass(0);
    expect(wire.line.protocols).toContain('resume.resume-1.2');
    expect(events(wire)).toHaveLength(1);
  });

  it('[SE5] comes back with the newest token it has got', async () => {
    const wire = await live();
    await broken(wire);
    wire.line.welcome({ resumed: true, resumeToken: 'resume-2' });
    await broken(wire);
    await wire.pass(500);
    expect(wire.line.protocols).toContain('resume.resume-2.1');
  });

  it('[SE4] tells a new session from a resumed one, and what was under way is lost', async () => {
    const wire = await live();
    const asked = answer(wire.session.request('room:leave', {}));
    await broken(wire);
    wire.line.welcome({ resumed: false, peerId: 'peer-2', resumeToken: 'resume-2' });
    expect(await asked).toBe('session_lost');
    expect(wire.heard.slice(-2)).toMatchObject([
      ['renewed', { peerId: 'peer-2' }],
      ['state', 'live'],
    ]);
    void wire.session.request('room:leave', {}).catch(() => {});
    expect(wire.line.sent.map(({ id }) => id)).toEqual([1]);
    wire.line.say('pong', 2, { serverTime: '' });
    expect(events(wire)).toHaveLength(1);
  });

  it('does not heed a line that it has left', async () => {
    const wire = await live();
    const old = wire.line;
    await broken(wire);
    old.say('pong', 2, { serverTime: '' });
    old.end(CLOSE.replaced);
    expect(wire.session.state).toBe('reconnecting');
    expect(events(wire)).toEqual([]);
  });

  it('tries another line where no welcome comes within 10 s', async () => {
    const wire = await dialled();
    await wire.pass(9_999);
    expect(wire.lines).toHaveLength(1);
    await wire.pass(1_000);
    expect(wire.lines).toHaveLength(2);
    expect(wire.lines[0]?.closedWith).toBeNull();
  });

  it('takes what is no frame for a broken line', async () => {
    const wire = await live();
    wire.line.sayText('<html>');
    expect(wire.session.state).toBe('reconnecting');
  });
});

describe('acknowledgement', () => {
  const acks = (wire: Wire) =>
    wire.line.sent.flatMap(({ event, payload }) => (event === 'session:ack' ? [payload] : []));
  const pong = (wire: Wire, from: number, to: number) => {
    for (let seq = from; seq <= to; seq += 1) wire.line.say('pong', seq, { serverTime: '' });
  };

  it('[SE7] goes out each 8 messages', async () => {
    const wire = await live();
    pong(wire, 2, 7);
    expect(acks(wire)).toEqual([]);
    pong(wire, 8, 16);
    expect(acks(wire)).toEqual([{ seq: 8 }, { seq: 16 }]);
  });

  it('[SE7] follows fewer after 2 s', async () => {
    const wire = await live();
    pong(wire, 2, 5);
    await wire.pass(1_999);
    expect(acks(wire)).toEqual([]);
    await wire.pass(1);
    expect(acks(wire)).toEqual([{ seq: 5 }]);
    await wire.pass(10_000);
    expect(acks(wire)).toEqual([{ seq: 5 }]);
  });

  it('has no id: it need not survive the line', async () => {
    const wire = await live();
    await wire.pass(2_000);
    expect(wire.line.sent).toEqual([{ event: 'session:ack', payload: { seq: 1 } }]);
  });
});

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
  ])('with %i is final for a client with one token: %s', async (code, expected) => {
    const wire = await live();
    await broken(wire, code);
    expect(wire.session.state).toBe('closed');
    expect(wire.heard.at(-1)).toMatchObject(['closed', { code: expected, closeCode: code }]);
    expect(wire.clock.pending).toBe(0);
  });

  it.each([1006, 1001, 1011, CLOSE.slowConsumer, CLOSE.heartbeatTimeout])(
    'with %i is resumed at once',
    async (code) => {
      const wire = await live();
      await broken(wire, code);
      expect(wire.lines).toHaveLength(2);
      expect(wire.line.protocols).toContain('resume.resume-1.1');
    },
  );

  it('[SE8] with 4100 is resumed when the server asked', async () => {
    const wire = await live();
    wire.line.say('server:draining', 2, { reconnectAfterMs: 3_000 });
    wire.line.end(CLOSE.draining);
    await wire.pass(2_999);
    expect(wire.lines).toHaveLength(1);
    await wire.pass(1);
    expect(wire.line.protocols).toContain('resume.resume-1.2');
  });

  it('with 4103 is resumed after the pause that the server named', async () => {
    const wire = await live();
    wire.line.say('error', 2, { code: 'rate_limited', message: 'slower', retryAfterMs: 7_000 });
    wire.line.end(CLOSE.rateLimited);
    await wire.pass(6_999);
    expect(wire.lines).toHaveLength(1);
    await wire.pass(1);
    expect(wire.lines).toHaveLength(2);
  });

  it('with 1013 is resumed about 5 s later, not at once: all who were sent away would come back in one heap', async () => {
    for (const [random, ms] of [
      [0, 2_500],
      [0.5, 5_000],
      [0.99, 7_450],
    ] as const) {
      const wire = await live({ random: () => random });
      wire.line.end(1013);
      await wire.pass(ms - 1);
      expect(wire.lines).toHaveLength(1);
      expect(wire.session.state).toBe('reconnecting');
      await wire.pass(1);
      expect(wire.lines).toHaveLength(2);
    }
  });

  it('[SE6] with 4104 is resumed with a fresh token', async () => {
    const asked: boolean[] = [];
    const wire = await live({ token: (fresh) => `jwt-${asked.push(fresh)}` });
    await broken(wire, CLOSE.tokenExpired);
    expect(asked).toEqual([false, true]);
    expect(wire.line.protocols).toEqual(['parley.v1', 'token.jwt-2', 'resume.resume-1.1']);
  });

  it('[WS2] with 4001 is tried once more with a fresh token, and then final', async () => {
    const asked: boolean[] = [];
    const wire = await dialled({ token: (fresh) => `jwt-${asked.push(fresh)}` });
    await broken(wire, CLOSE.unauthorized);
    expect(wire.lines).toHaveLength(2);
    await wire.pass(60_000);
    wire.line.end(CLOSE.unauthorized);
    expect(asked.slice(0, 2)).toEqual([false, true]);
    expect(wire.session.state).toBe('closed');
  });
});

describe('backoff', () => {
  it('tries at once, then waits longer each time, up to 8 s', async () => {
    const wire = await live({ random: () => 1 - Number.EPSILON });
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      wire.line.end();
      const before = wire.clock.monotonic();
      const lines = wire.lines.length;
      while (wire.lines.length === lines) await wire.pass(10);
      waits.push(wire.clock.monotonic() - before - 10);
    }
    expect(waits).toEqual([0, 490, 990, 1990, 3990, 7990, 7990, 7990]);
  });

  it('starts from the first again when a line has held 5 s, and not when it broke sooner', async () => {
    const wire = await live();
    await broken(wire);
    wire.line.welcome({ resumed: true });
    await wire.pass(4_999);
    await broken(wire);
    expect(wire.lines).toHaveLength(2);
    await wire.pass(500);
    wire.line.welcome({ resumed: true });
    await wire.pass(5_000);
    await broken(wire);
    expect(wire.lines).toHaveLength(4);
  });

  it('ends when the network comes back: the try is made at once', async () => {
    const wire = await live();
    for (let tries = 0; tries < 6; tries += 1) {
      wire.line.end();
      await wire.pass(tries === 5 ? 0 : 8_000);
    }
    const before = wire.lines.length;
    wire.session.nudge();
    await wire.pass(0);
    expect(wire.lines).toHaveLength(before + 1);
  });
});

describe('a line that died in silence', () => {
  const pings = (wire: Wire) => wire.lines[0]?.sent.filter(({ event }) => event === 'ping').length;

  it('is tried after a heartbeat without a frame, and left after 4 s more', async () => {
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
    expect(wire.line.protocols).toContain('resume.resume-1.1');
  });

  it('is kept where an answer comes', async () => {
    const wire = await live();
    await wire.pass(25_000);
    wire.line.say('pong', 2, { serverTime: '' });
    await wire.pass(10_000);
    expect(wire.session.state).toBe('live');
  });

  it('is tried at once after sleep', async () => {
    const wire = await live();
    wire.clock.jump(3_600_000);
    await wire.pass(5_000);
    expect(pings(wire)).toBe(1);
    await wire.pass(4_000);
    expect(wire.session.state).toBe('reconnecting');
  });

  it('is tried at once when the network changes', async () => {
    const wire = await live();
    wire.session.nudge();
    wire.session.nudge();
    expect(pings(wire)).toBe(1);
  });
});

describe('the token', () => {
  it('[SE6] is renewed in the live session when the server warns', async () => {
    const asked: boolean[] = [];
    const wire = await live({ token: async (fresh) => `jwt-${asked.push(fresh)}` });
    wire.line.say('session:expiring', 2, { atMs: 60_000 });
    await promised();
    expect(asked).toEqual([false, true]);
    expect(wire.line.sent).toEqual([{ event: 'session:token', id: 1, payload: { token: 'jwt-2' } }]);
    expect(wire.lines).toHaveLength(1);
  });

  it('[TK5] is renewed again soon if that fails: a lost answer is forgiven for 30 s, the old token lives for 60', async () => {
    const asked: boolean[] = [];
    const wire = await live({
      token: async (fresh) => {
        if (asked.push(fresh) === 2) throw new ParleyClientError('network', 'The answer was lost.');
        return `jwt-${asked.length}`;
      },
    });
    wire.line.say('session:expiring', 2, { atMs: 60_000 });
    await promised();
    await wire.pass(4_999);
    expect(asked).toEqual([false, true]);
    await wire.pass(1);
    expect(asked).toEqual([false, true, true]);
    expect(wire.line.sent.map(({ payload }) => payload)).toContainEqual({ token: 'jwt-3' });
    wire.session.close();
    expect(wire.clock.pending).toBe(0);
  });

  it('is not renewed again once the session is over, nor after a refusal that is final', async () => {
    let tries = 0;
    const wire = await live({
      token: async () => {
        tries += 1;
        if (tries === 2) throw new ParleyClientError('network', 'lost');
        if (tries === 3) throw new ParleyClientError('unauthorized', 'over');
        return 'jwt';
      },
    });
    wire.line.say('session:expiring', 2, { atMs: 60_000 });
    await promised();
    await wire.pass(5_000);
    await wire.pass(20_000);
    expect(tries).toBe(3);
  });

  it('is asked for again, with pauses, while the backend can not be reached', async () => {
    let tries = 0;
    const wire = await dialled({
      token: async () => {
        tries += 1;
        if (tries < 3) throw new TypeError('fetch failed');
        return 'jwt';
      },
    });
    expect(wire.lines).toHaveLength(0);
    await wire.pass(0);
    await wire.pass(500);
    await wire.pass(1_000);
    expect(wire.lines).toHaveLength(1);
  });

  it('ends the session where the login is over', async () => {
    const wire = await dialled({
      token: () => Promise.reject(new ParleyClientError('refresh_token_reused', 'Sign in again.')),
    });
    expect(wire.session.state).toBe('closed');
    expect(wire.heard.at(-1)).toMatchObject(['closed', { code: 'refresh_token_reused' }]);
  });
});
