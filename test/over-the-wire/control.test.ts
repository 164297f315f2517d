import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { SECRET } from '../support/server/accounts.ts';
import { ask, minted } from './hosting.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';

/** A server, and a backend that shares its secret. */
async function backed(environment = {}) {
  const stage = await startStage({ JWT_SECRET: SECRET, ...environment });
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const call = async (method: string, path: string, body?: object, who: Guest = service) => {
    const reply = await ask(stage, method, path, who, body);
    const text = await reply.text();
    return { status: reply.status, ...(text === '' ? {} : JSON.parse(text)) };
  };
  return { stage, service, call };
}

/** A user of the backend's. */
const user = (stage: Stage, sub: string): Promise<Guest> => minted(stage, { sub });

describe('rooms of a backend', () => {
  it('[RM5] makes rooms under ids of its own, with the first user expected', async () => {
    const { call, stage } = await backed();
    const userInfo = { name: 'Ada', seat: [3, null] };
    const made = await call('POST', `/rooms/${ROOM}`, { name: 'Lesson', userId: 'ada', userInfo });
    expect(made).toMatchObject({
      status: 201,
      roomId: ROOM,
      userId: 'ada',
      userInfo,
      users: [{ id: 'ada', userInfo }],
      url: `${stage.server.url}/connect/${ROOM}`,
      wsUrl: `${stage.server.wsUrl}/ws/rooms/${ROOM}`,
    });
    expect(await call('POST', `/rooms/${ROOM}`, {})).toMatchObject({ status: 409, code: 'room_exists' });
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({
      room: { emptySeconds: 0, participants: 1, ownerId: 'backend' },
    });
    const other = await call('POST', '/rooms', { name: 'Other' });
    expect(other).toMatchObject({ status: 201, users: [] });
    expect(other).not.toHaveProperty('userId');
    expect(other).toMatchObject({ room: { name: 'Other' } });
  });

  it('[RM5] keeps an empty room as long as the backend asks', async () => {
    const { call } = await backed();
    const { roomId } = await call('POST', '/rooms', { emptySeconds: 1_800 });
    expect(await call('GET', `/rooms/${roomId}`)).toMatchObject({ room: { emptySeconds: 1_800 } });
  });

  it('[RM5] refuses people, ids that are no UUIDs, and tokens of a room', async () => {
    const { call, stage } = await backed();
    const ada = await user(stage, 'ada');
    for (const [method, path] of [
      ['POST', `/rooms/${ROOM}`],
      ['POST', `/rooms/${ROOM}/users/ben`],
      ['DELETE', `/rooms/${ROOM}/users/ada`],
      ['POST', `/rooms/${ROOM}/messages`],
    ] as const) {
      expect(await call(method, path, {}, ada)).toMatchObject({ status: 403, code: 'forbidden' });
    }
    expect(await call('POST', '/rooms', {}, ada)).toMatchObject({ status: 201, room: { ownerId: 'ada' } });
    expect(await call('POST', `/rooms/${ROOM.toUpperCase()}`, {})).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ path: 'roomId' }],
    });
    await call('POST', `/rooms/${ROOM}`, {});
    const scoped = await minted(stage, { sub: 'backend', role: 'service', room: { id: ROOM } });
    expect(await call('POST', `/rooms/${ROOM}/users/ben`, {}, scoped)).toMatchObject({ status: 403 });
  });

  it('[RM5] lets a room vanish with its last participant, but not while somebody is expected', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, { userId: 'ada' });
    await call('POST', `/rooms/${ROOM}/users/ben`, {});
    const ada = await (await user(stage, 'ada')).inside(ROOM);
    expect((await ada.request('room:leave')).event).toBe('ack');
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({ status: 200, room: { participants: 1 } });
    expect(await call('DELETE', `/rooms/${ROOM}/users/ben`)).toMatchObject({ status: 200, outbound: [] });
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({ status: 404, code: 'room_not_found' });
  });

  it('[RM5] keeps a room that nobody ever entered when the last expected user is removed', async () => {
    const { call } = await backed();
    await call('POST', `/rooms/${ROOM}`, { userId: 'ada' });
    await call('DELETE', `/rooms/${ROOM}/users/ada`);
    expect(await call('DELETE', `/rooms/${ROOM}`)).toEqual({ status: 200, count: 0 });
  });
});

describe('added users', () => {
  it('[CT0] pass password, lock and waiting room, and what the backend says of them wins', async () => {
    const { call, stage } = await backed();
    const doors = { password: 'correct horse', locked: true, waitingRoom: true };
    await call('POST', `/rooms/${ROOM}`, { ...doors, userId: 'ada', userInfo: { seat: 1 } });
    const person = await (await user(stage, 'ada')).connect();
    const { event, payload } = await person.request('room:join', { roomId: ROOM, userInfo: { seat: 9 } });
    expect(event).toBe('room:joined');
    expect(payload).toMatchObject({ room: { participants: 1 } });
    expect(await call('GET', `/rooms/${ROOM}/participants`)).toMatchObject({
      items: [{ userId: 'ada', userInfo: { seat: 1 } }],
    });
    await person.request('peer:update', { displayName: 'Countess', userInfo: { seat: 9 } });
    expect(await call('GET', `/rooms/${ROOM}/participants`)).toMatchObject({
      items: [{ displayName: 'Countess', userInfo: { seat: 1 } }],
    });
    const ben = await (await user(stage, 'ben')).connect();
    expect(codeOf(await ben.request('room:join', { roomId: ROOM }))).toBe('room_locked');
  });

  it('[CT0] are counted, listed with those inside, and replaced when they are added again', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, { max: 2, userId: 'ada', userInfo: 1 });
    const ada = await (await user(stage, 'ada')).inside(ROOM);
    expect(await call('POST', `/rooms/${ROOM}/users/ben%40x.org`, { userInfo: 'B' })).toEqual({
      status: 200,
      id: 'ben@x.org',
      userInfo: 'B',
      users: [
        { id: 'ada', userInfo: 1 },
        { id: 'ben@x.org', userInfo: 'B' },
      ],
    });
    expect(await call('POST', `/rooms/${ROOM}/users/cem`, {})).toMatchObject({ code: 'room_full' });
    const cem = await (await user(stage, 'cem')).connect();
    expect(codeOf(await cem.request('room:join', { roomId: ROOM }))).toBe('room_full');
    const again = await call('POST', `/rooms/${ROOM}/users/ada`, { userInfo: 2 });
    expect(again).toMatchObject({ status: 200, userInfo: 2, users: [{ id: 'ada', userInfo: 2 }, {}] });
    expect((await ada.next('peer:updated')).payload).toMatchObject({ peerId: ada.peerId, userInfo: 2 });
    expect(await call('DELETE', `/rooms/${ROOM}`)).toEqual({ status: 200, count: 1 });
    expect((await ada.closed).code).toBe(CLOSE.roomClosed);
  });

  it('[CT0] are put out with 4003 and lose their right when they are removed', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, { locked: true, emptySeconds: 60, userId: 'ada', userInfo: 1 });
    const guest = await user(stage, 'ada');
    const ada = await guest.inside(ROOM);
    expect(await call('DELETE', `/rooms/${ROOM}/users/ada`)).toEqual({
      status: 200,
      id: 'ada',
      userInfo: 1,
      outbound: [],
    });
    expect(await ada.closed).toMatchObject({ code: CLOSE.kicked, reason: 'kicked' });
    const back = await guest.connect();
    expect(codeOf(await back.request('room:join', { roomId: ROOM }))).toBe('room_locked');
    expect(await call('DELETE', `/rooms/${ROOM}/users/ada`)).toMatchObject({ code: 'user_not_found' });
  });

  it('[CT0] [TK4] lose the tokens for the room that they have when they are removed', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, { emptySeconds: 60, userId: 'ada' });
    const ada = await minted(stage, { sub: 'ada', room: { id: ROOM, admin: true } });
    expect(await call('GET', `/rooms/${ROOM}`, undefined, ada)).toMatchObject({ status: 200 });
    await call('DELETE', `/rooms/${ROOM}/users/ada`);
    expect(await call('GET', `/rooms/${ROOM}`, undefined, ada)).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    const person = await ada.connect();
    expect(codeOf(await person.request('room:join', { roomId: ROOM }))).toBe('forbidden');
  });

  it('[CT0] adding lifts no ban, and a kick takes the right', async () => {
    const { call, stage, service } = await backed();
    await call('POST', `/rooms/${ROOM}`, { locked: true, emptySeconds: 60 });
    const host = await service.inside(ROOM);
    for (const userId of ['ada', 'ben']) await call('POST', `/rooms/${ROOM}/users/${userId}`, {});
    const [ada, ben] = [
      await (await user(stage, 'ada')).inside(ROOM),
      await (await user(stage, 'ben')).inside(ROOM),
    ];
    await host.request('room:kick', { peerId: ada.peerId });
    await host.request('room:kick', { peerId: ben.peerId, ban: true });
    const back = await (await user(stage, 'ada')).connect();
    expect(codeOf(await back.request('room:join', { roomId: ROOM }))).toBe('room_locked');
    expect(await call('POST', `/rooms/${ROOM}/users/ben`, {})).toMatchObject({ status: 403, code: 'banned' });
  });

  it('[CT0] lets somebody in who waits when the backend adds them', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, { waitingRoom: true, emptySeconds: 60 });
    const ada = await (await user(stage, 'ada')).connect();
    expect((await ada.request('room:join', { roomId: ROOM })).event).toBe('knock:waiting');
    await call('POST', `/rooms/${ROOM}/users/ada`, { userInfo: 'A' });
    expect((await ada.next('room:joined')).payload).toMatchObject({ room: { participants: 1 } });
  });
});

describe("a backend's messages", () => {
  it('[CT4] reach all peers of a user, or of the room, and nobody else', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, {});
    const [ada, ben] = [
      await (await user(stage, 'ada')).inside(ROOM),
      await (await user(stage, 'ben')).inside(ROOM),
    ];
    const path = `/rooms/${ROOM}/messages`;
    expect(await call('POST', path, { to: 'ben', data: { n: 1 } })).toEqual({ status: 202, delivered: 1 });
    expect(await call('POST', path, { data: null })).toEqual({ status: 202, delivered: 2 });
    expect((await ben.next('room:message')).payload).toEqual({ data: { n: 1 }, from: 'service' });
    expect((await ben.next('room:message')).payload).toEqual({ data: null, from: 'service' });
    expect((await ada.next('room:message')).payload).toEqual({ data: null, from: 'service' });
    expect(await call('POST', path, { to: 'cem', data: 1 })).toEqual({ status: 202, delivered: 0 });
    expect(await call('POST', path, { data: 'x'.repeat(16_383) })).toMatchObject({ status: 413 });
    expect(await call('POST', path, { data: 'x'.repeat(16_382) })).toMatchObject({ status: 202 });
    expect(await call('POST', path, { to: 'ada' })).toMatchObject({ status: 400 });
  });

  it('[CT4] are kept for an expected user, in order after room:joined, 64 at most', async () => {
    const { call, stage } = await backed();
    await call('POST', `/rooms/${ROOM}`, { userId: 'ada' });
    const ben = await (await user(stage, 'ben')).inside(ROOM);
    const path = `/rooms/${ROOM}/messages`;
    expect(await call('POST', path, { to: 'ada', data: 0 })).toEqual({ status: 202, delivered: 0 });
    expect(codeOf(await ben.request('call:offer', { userId: 'ada', sdp: 'v=0', extra: 'é' }))).toBe('ack');
    expect(codeOf(await ben.request('call:ice', { userId: 'ada', candidate: 'c' }))).toBe('ack');
    for (let n = 3; n < 64; n += 1) await call('POST', path, { to: 'ada', data: n });
    expect(await call('POST', path, { to: 'ada', data: 64 })).toMatchObject({
      status: 409,
      code: 'peer_gone',
    });
    expect(codeOf(await ben.request('call:ice', { userId: 'ada', candidate: 'e' }))).toBe('peer_gone');
    const ada = await (await user(stage, 'ada')).inside(ROOM);
    await ada.settled();
    const events = ada.frames.slice(ada.frames.findIndex(({ event }) => event === 'room:joined') + 1);
    expect(events.slice(0, 4).map(({ event, payload }) => ({ event, payload }))).toEqual([
      { event: 'room:message', payload: { data: 0, from: 'service' } },
      {
        event: 'call:offer',
        payload: { from: ben.peerId, fromUserId: 'ben', userId: 'ada', sdp: 'v=0', extra: 'é' },
      },
      {
        event: 'call:ice',
        payload: { from: ben.peerId, fromUserId: 'ben', userId: 'ada', candidate: 'c' },
      },
      { event: 'room:message', payload: { data: 3, from: 'service' } },
    ]);
    expect(events.filter(({ event }) => event !== 'pong')).toHaveLength(64 + 1 - 1);
    expect(codeOf(await ada.request('call:answer', { sdp: 'v=0' }))).toBe('ack');
    expect((await ben.next('call:answer')).payload).toMatchObject({ fromUserId: 'ada' });
  });
});
