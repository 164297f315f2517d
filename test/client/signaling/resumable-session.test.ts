import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/codes.ts';
import { breakConnection, dialled, live, messagesOf, outcomeOf, settled, WELCOME } from './wire.ts';

describe('a session', () => {
  it('[WS1] sends version and token as subprotocols', async () => {
    const wire = await dialled();
    expect(wire.socket.protocols).toEqual(['parley.v1', 'token.jwt']);
    expect(wire.socket.url).toBe('ws://test/ws');
  });

  it('[SE1] is live once the welcome has come, and not before', async () => {
    const wire = await dialled();
    expect(wire.session.state).toBe('connecting');
    wire.socket.welcome({ peerId: 'me' });
    expect(wire.session.state).toBe('live');
    expect(wire.session.welcome?.peerId).toBe('me');
  });

  it('[WS4] numbers requests from 1, and settles each with its answer', async () => {
    const wire = await live();
    const first = wire.session.request('room:leave', {});
    const second = wire.session.request('room:join', { roomId: '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a' });
    expect(wire.socket.sent.map(({ event, id }) => [event, id])).toEqual([
      ['room:leave', 1],
      ['room:join', 2],
    ]);
    wire.socket.say('ack', 2, undefined, 1);
    wire.socket.say('error', 3, { code: 'room_full', message: 'full' }, 2);
    await expect(first).resolves.toMatchObject({ event: 'ack', re: 1 });
    await expect(second).rejects.toMatchObject({ code: 'room_full', message: 'full' });
  });

  it('keeps requests until the first welcome, and sends them then', async () => {
    const wire = await dialled();
    void wire.session.request('room:leave', {});
    expect(wire.socket.sent).toEqual([]);
    wire.socket.welcome();
    expect(wire.socket.sent.map(({ id }) => id)).toEqual([1]);
  });

  it('[SE1] accepts a welcome with unknown fields, such as the features of a later server', async () => {
    const wire = await dialled();
    const more = { features: ['chat', 'knock'], region: { name: 'north' } };
    wire.socket.say('welcome', 1, { ...WELCOME, ...more });
    expect(wire.session.state).toBe('live');
  });

  it('treats an unknown error code as internal, and an unknown reason to leave as left', async () => {
    const wire = await live();
    const asked = wire.session.request('room:leave', {});
    wire.socket.say('error', 2, { code: 'not_of_this_age', message: 'The room sleeps.' }, 1);
    wire.socket.say('peer:left', 3, { peerId: 'bob', reason: 'beamed_up' });
    await expect(asked).rejects.toMatchObject({ code: 'internal', message: 'The room sleeps.' });
    expect(messagesOf(wire)).toContainEqual(
      expect.objectContaining({ event: 'peer:left', payload: { peerId: 'bob', reason: 'left' } }),
    );
  });

  it('ignores events of a later protocol, but counts them', async () => {
    const wire = await live();
    wire.socket.say('hologram', 2, { depth: 3 });
    wire.socket.say('peer:speaking', 3, { peerId: 'bob', speaking: true });
    expect(messagesOf(wire)).toMatchObject([{ event: 'peer:speaking' }]);
    await breakConnection(wire);
    expect(wire.socket.protocols).toContain('resume.resume-1.3');
  });

  it('refuses a message that is so large that the server would close the connection', async () => {
    const wire = await live();
    const sdp = 'ü'.repeat(40_000);
    expect(await outcomeOf(wire.session.request('call:offer', { sdp }))).toBe('too_large');
    expect(wire.socket.sent).toEqual([]);
    expect(
      await outcomeOf(
        Promise.race([wire.session.request('call:offer', { sdp: 'x'.repeat(60_000) }), settled()]),
      ),
    ).toBe('answered');
    expect(wire.socket.sent.map(({ id }) => id)).toEqual([1]);
  });

  it('keeps at most 1,024 unanswered messages', async () => {
    const wire = await live();
    await breakConnection(wire);
    for (let index = 0; index < 1_024; index += 1) wire.session.request('room:leave', {}).catch(() => {});
    expect(await outcomeOf(wire.session.request('room:leave', {}))).toBe('rate_limited');
  });

  it('leaves no timer and no pending promise behind when it is closed', async () => {
    const wire = await live();
    const asked = wire.session.request('room:leave', {});
    wire.socket.say('pong', 2, { serverTime: '' });
    wire.session.close();
    expect(await outcomeOf(asked)).toBe('closed');
    expect(await outcomeOf(wire.session.request('room:leave', {}))).toBe('closed');
    expect(wire.socket.closedWith).toBe(CLOSE.normal);
    expect(wire.clock.pending).toBe(0);
    expect(wire.reported.map(([name, value]) => (name === 'state' ? value : name))).toEqual([
      'live',
      'message',
      'closed',
      'closed',
    ]);
  });

  it('closes on a welcome of another protocol version', async () => {
    const wire = await dialled();
    wire.socket.say('welcome', 1, { protocol: 2 });
    expect(wire.session.state).toBe('closed');
    expect(wire.reported.at(-1)).toMatchObject(['closed', { code: 'protocol_error' }]);
  });
});
