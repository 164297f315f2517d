import { describe, expect, it } from 'vitest';
import { type RoomStage, startRooms } from './room-stage.ts';
import type { Guest } from './stage.ts';

const TEXT = expect.any(String);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const ALL_KINDS = ['audio', 'video', 'screen', 'chat'];

/** A room as it is made without any field, in a reply. */
function plainRoom(ownerId: string, participants: number) {
  return {
    id: UUID,
    name: null,
    ownerId,
    max: 8,
    hasPassword: false,
    locked: false,
    persistent: false,
    listed: false,
    waitingRoom: false,
    chat: 'all',
    relayOnly: false,
    notBefore: null,
    expiresAt: null,
    endAtExpiry: false,
    emptySeconds: 86_400,
    metadata: null,
    createdAt: TIME,
    participants,
  };
}

/** Somebody as others see the peer, who has told and been granted nothing. */
function plainPeer(userId: string, over: object = {}) {
  return {
    peerId: UUID,
    userId,
    username: null,
    displayName: null,
    userInfo: null,
    media: { audio: false, video: false, screen: false },
    state: 'live',
    polite: true,
    host: false,
    send: ALL_KINDS,
    hand: null,
    ...over,
  };
}

async function asked({ ask }: RoomStage, { token }: Guest, method: string, path: string, body?: object) {
  const response = await ask(method, path, token, body);
  const text = await response.text();
  return [response.status, text === '' ? undefined : JSON.parse(text)];
}

describe('what the endpoints of rooms answer', () => {
  it('[RM1][HT4][RM8] has every field of the contract and no other, null where there is nothing', async () => {
    const stage = await startRooms();
    const [ann, bob, cem] = [
      await stage.external('ann'),
      await stage.external('bob'),
      await stage.external('cem'),
    ];
    const [created, made] = await asked(stage, ann, 'POST', '/rooms', {});
    expect([created, made]).toStrictEqual([201, { room: plainRoom('ann', 0), url: TEXT, wsUrl: TEXT }]);
    const { id } = made.room;
    const path = `/rooms/${id}`;
    const person = await bob.inside(id);
    expect(await asked(stage, ann, 'GET', path)).toStrictEqual([200, { room: plainRoom('ann', 1) }]);
    expect(await asked(stage, ann, 'PATCH', path, {})).toStrictEqual([200, { room: plainRoom('ann', 1) }]);
    expect(await asked(stage, ann, 'GET', '/rooms')).toStrictEqual([
      200,
      { items: [plainRoom('ann', 1)], nextCursor: null },
    ]);
    const inside = plainPeer('bob');
    expect(await asked(stage, ann, 'GET', `${path}/participants`)).toStrictEqual([
      200,
      { items: [inside], nextCursor: null },
    ]);
    expect(await asked(stage, cem, 'POST', `${path}/join`, {})).toStrictEqual([
      200,
      {
        room: plainRoom('ann', 2),
        participant: plainPeer('cem', { peerId: null, polite: false }),
        participants: [inside],
        wsUrl: TEXT,
        iceServers: expect.any(Array),
      },
    ]);
    expect(await asked(stage, cem, 'POST', `${path}/leave`)).toEqual([204, undefined]);
    const participant = `${path}/participants/${person.peerId}`;
    expect(await asked(stage, ann, 'PATCH', participant, { host: true, send: ['audio'] })).toStrictEqual([
      200,
      { participant: plainPeer('bob', { host: true, send: ['audio'] }) },
    ]);
    expect(await asked(stage, ann, 'POST', `${path}/invitations`, {})).toStrictEqual([
      201,
      { id: TEXT, url: TEXT },
    ]);
    const rights = { host: false, send: null, skipKnock: false, uses: null, used: 0 };
    expect(await asked(stage, ann, 'GET', `${path}/invitations`)).toStrictEqual([
      200,
      { items: [{ id: TEXT, ...rights, createdAt: TIME, expiresAt: null }], nextCursor: null },
    ]);
    for (const list of ['knocks', 'bans', 'calls', 'chat']) {
      expect(await asked(stage, ann, 'GET', `${path}/${list}`)).toStrictEqual([
        200,
        { items: [], nextCursor: null },
      ]);
    }
    expect(await asked(stage, ann, 'DELETE', path)).toStrictEqual([200, { count: 1 }]);
  });

  it('[CH1][CH2] has a message with what happened to it, and nothing of what did not', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id: roomId } = await stage.create(ann);
    const person = await ann.inside(roomId);
    await bob.inside(roomId);
    const path = `/rooms/${roomId}/chat`;
    const said = {
      id: TEXT,
      roomId,
      userId: 'bob',
      peerId: null,
      displayName: null,
      message: 'Hi',
      createdAt: TIME,
      version: 1,
    };
    const [status, { message }] = await asked(stage, bob, 'POST', path, { message: 'Hi' });
    expect([status, message]).toStrictEqual([201, said]);
    expect((await person.next('chat')).payload).toStrictEqual(said);
    const one = `${path}/${message.id}`;
    const edited = { ...said, message: 'Ho', version: 2, editedAt: TIME };
    expect(await asked(stage, bob, 'PATCH', one, { message: 'Ho' })).toStrictEqual([
      200,
      { message: edited },
    ]);
    const reactions = { '👍': ['ann'] };
    expect(await asked(stage, ann, 'PUT', `${one}/reactions/${encodeURIComponent('👍')}`)).toStrictEqual([
      200,
      { id: message.id, reactions },
    ]);
    const replied = await person.request('chat', { message: 'Re', replyTo: message.id });
    const reply = { ...said, userId: 'ann', peerId: person.peerId, message: 'Re', replyTo: message.id };
    expect(replied.payload).toStrictEqual(reply);
    expect(await asked(stage, bob, 'GET', path)).toStrictEqual([
      200,
      { items: [{ ...edited, reactions }, reply], nextCursor: null },
    ]);
    expect(await asked(stage, bob, 'DELETE', one)).toEqual([204, undefined]);
    const tombstone = { id: message.id, roomId, userId: 'bob', createdAt: TIME, deletedAt: TIME };
    expect(await asked(stage, bob, 'GET', path)).toStrictEqual([
      200,
      { items: [tombstone, reply], nextCursor: null },
    ]);
  });

  it('[KN1][KN2][RM6] has who waits, who is banned, and past calls', async () => {
    const stage = await startRooms();
    const [ann, bob, cem] = [
      await stage.external('ann'),
      await stage.external('bob', { name: 'Bob' }),
      await stage.external('cem'),
    ];
    const { id } = await stage.create(ann, { waitingRoom: true });
    const host = await ann.inside(id);
    const room = { id, name: null };
    expect(await asked(stage, bob, 'POST', `/rooms/${id}/join`, {})).toStrictEqual([
      202,
      { knock: { knockId: TEXT, room } },
    ]);
    const waits = await cem.connect();
    expect((await waits.request('room:join', { roomId: id })).payload).toStrictEqual({ knockId: TEXT, room });
    const item = { knockId: TEXT, kind: 'external', since: TIME };
    const items = [
      { ...item, userId: 'bob', displayName: 'Bob' },
      { ...item, userId: 'cem', displayName: null },
    ];
    expect(await asked(stage, ann, 'GET', `/rooms/${id}/knocks`)).toStrictEqual([
      200,
      { items, nextCursor: null },
    ]);
    await host.settled();
    expect(host.frames.findLast(({ event }) => event === 'room:knocks')?.payload).toStrictEqual({ items });
    await host.request('room:admit', { all: true });
    const person = await bob.inside(id);
    await host.request('room:kick', { peerId: person.peerId, ban: true });
    expect(await asked(stage, ann, 'GET', `/rooms/${id}/bans`)).toStrictEqual([
      200,
      { items: [{ userId: 'bob', displayName: 'Bob', at: TIME }], nextCursor: null },
    ]);
    await waits.request('room:leave');
    const seconds = expect.any(Number);
    const participants = [
      { userId: 'ann', displayName: null, seconds },
      { userId: 'bob', displayName: 'Bob', seconds },
      { userId: 'cem', displayName: null, seconds },
    ];
    const [, past] = await asked(stage, ann, 'GET', `/rooms/${id}/calls`);
    past.items[0].participants.sort((a: { userId: string }, b: { userId: string }) =>
      a.userId < b.userId ? -1 : 1,
    );
    const call = { id: TEXT, startedAt: TIME, endedAt: TIME, peak: 3, participants };
    expect(past).toStrictEqual({ items: [call], nextCursor: null });
  });
});
