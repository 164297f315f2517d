import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../../src/client/signaling/frames.ts';
import { FullUser } from '../../../src/protocol/bodies.ts';
import { INSIDE, peer, ROOM } from '../support/fake-call.ts';
import { USER, WELCOME } from './wire.ts';

const LATER = 'of_a_later_server';

/** The payload that a client reads, undefined if it ignores the message. */
function read(event: string, payload: unknown): unknown {
  return parseFrame(JSON.stringify({ event, seq: 2, payload }))?.message?.payload;
}

describe('a value of a later server', () => {
  it('[CH3] is read as no chat if it is the policy of a room, which can be entered all the same', () => {
    const room = { ...ROOM, chat: LATER };
    expect(read('room:joined', { ...INSIDE, room })).toMatchObject({ room: { ...ROOM, chat: 'off' } });
    expect(read('room:updated', { room })).toEqual({ room: { ...ROOM, chat: 'off' } });
  });

  it('[RM1] is read as live if it is the state of a peer', () => {
    const bob = peer('bob');
    const told = { ...bob, state: LATER, send: ['audio', LATER] };
    const known = { ...bob, state: 'live', send: ['audio'] };
    expect(read('room:joined', { ...INSIDE, peers: [told] })).toMatchObject({ peers: [known] });
    expect(read('peer:joined', { peer: told })).toEqual({ peer: known });
  });

  it('[SE1] is read as the least trusted kind and as online if it describes the user who connects', () => {
    const user = { ...USER, kind: LATER, status: LATER };
    expect(read('welcome', { ...WELCOME, user })).toMatchObject({
      user: { kind: 'guest', status: 'online' },
    });
  });

  it('[KN2] keeps nobody who waits from the hosts’ list', () => {
    const knock = { knockId: 'k', userId: 'u', displayName: null, since: WELCOME.serverTime };
    const items = [{ ...knock, kind: LATER }];
    expect(read('room:knocks', { items })).toEqual({ items: [{ ...knock, kind: 'guest' }] });
  });

  it('[RM6] is no request to stop sending what this client doesn’t know', () => {
    expect(read('room:mute', { from: 'bob', fromUserId: 'user-bob', kind: LATER })).toBeUndefined();
  });

  it('[AC1] is read as no role', () => {
    const result = { ...USER, email: null, role: LATER };
    expect(FullUser['~standard'].validate(result)).toMatchObject({ value: { role: null } });
  });
});
