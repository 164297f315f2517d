import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/codes.ts';
import { breakConnection, dialled, live, messagesOf, outcomeOf, type Wire } from './wire.ts';

describe('resume', () => {
  it('[SE3] dials at once, with the resume token and the last number', async () => {
    const wire = await live();
    wire.socket.say('pong', 2, { serverTime: '' });
    await breakConnection(wire);
    expect(wire.session.state).toBe('reconnecting');
    expect(wire.sockets).toHaveLength(2);
    expect(wire.socket.protocols).toEqual(['parley.v1', 'token.jwt', 'resume.resume-1.2']);
  });

  it('[SE3] sends only what the server has not processed again, in order', async () => {
    const wire = await live();
    const asked = [1, 2, 3, 4].map(() => wire.session.request('room:leave', {}));
    wire.socket.say('ack', 2, undefined, 1);
    await breakConnection(wire);
    wire.socket.welcome({ resumed: true, resumeToken: 'resume-2', lastId: 2 });
    expect(wire.socket.sent.map(({ id }) => id)).toEqual([3, 4]);
    wire.socket.say('ack', 3, undefined, 2);
    wire.socket.say('ack', 4, undefined, 3);
    wire.socket.say('ack', 5, undefined, 4);
    expect(await Promise.all(asked.map(outcomeOf))).toEqual(Array(4).fill('answered'));
  });

  it('[SE3] reports each message once, in order, however often the server repeats it', async () => {
    const wire = await live();
    const speaking = (socket: Wire['socket'], seq: number) =>
      socket.say('peer:speaking', seq, { peerId: `p${seq}`, speaking: true });
    speaking(wire.socket, 2);
    speaking(wire.socket, 3);
    await breakConnection(wire);
    wire.socket.welcome({ resumed: true });
    for (const seq of [2, 3, 4, 4, 5]) speaking(wire.socket, seq);
    expect(messagesOf(wire)).toMatchObject(
      ['p2', 'p3', 'p4', 'p5'].map((peerId) => ({ payload: { peerId } })),
    );
  });

  it('[SE4] never skips a missing message: it resumes from before the gap', async () => {
    const wire = await live();
    wire.socket.say('pong', 2, { serverTime: '' });
    wire.socket.say('pong', 4, { serverTime: '' });
    expect(wire.session.state).toBe('reconnecting');
    expect(wire.socket.closedWith).toBeNull();
    await wire.pass(0);
    expect(wire.socket.protocols).toContain('resume.resume-1.2');
    expect(messagesOf(wire)).toHaveLength(1);
  });

  it('[SE5] resumes with the latest resume token', async () => {
    const wire = await live();
    await breakConnection(wire);
    wire.socket.welcome({ resumed: true, resumeToken: 'resume-2' });
    await breakConnection(wire);
    await wire.pass(500);
    expect(wire.socket.protocols).toContain('resume.resume-2.1');
  });

  it('[SE4] tells a new session from a resumed one, and rejects the requests of the old one', async () => {
    const wire = await live();
    const asked = outcomeOf(wire.session.request('room:leave', {}));
    await breakConnection(wire);
    wire.socket.welcome({ resumed: false, peerId: 'peer-2', resumeToken: 'resume-2' });
    expect(await asked).toBe('session_lost');
    expect(wire.reported.slice(-2)).toMatchObject([
      ['renewed', { peerId: 'peer-2' }],
      ['state', 'live'],
    ]);
    void wire.session.request('room:leave', {}).catch(() => {});
    expect(wire.socket.sent.map(({ id }) => id)).toEqual([1]);
    wire.socket.say('pong', 2, { serverTime: '' });
    expect(messagesOf(wire)).toHaveLength(1);
  });

  it('ignores a connection that it has left', async () => {
    const wire = await live();
    const old = wire.socket;
    await breakConnection(wire);
    old.say('pong', 2, { serverTime: '' });
    old.end(CLOSE.replaced);
    expect(wire.session.state).toBe('reconnecting');
    expect(messagesOf(wire)).toEqual([]);
  });

  it('dials again if no welcome comes within 10 s', async () => {
    const wire = await dialled();
    await wire.pass(9_999);
    expect(wire.sockets).toHaveLength(1);
    await wire.pass(1_000);
    expect(wire.sockets).toHaveLength(2);
    expect(wire.sockets[0]?.closedWith).toBeNull();
  });

  it('treats text that is not a frame as a broken connection', async () => {
    const wire = await live();
    wire.socket.sayText('<html>');
    expect(wire.session.state).toBe('reconnecting');
  });
});
