import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { JoinRoomReply, ParticipantsReply } from '../../src/protocol/place-endpoints.ts';
import { PLACE_MS, PLACES_PER_USER } from '../../src/signaling/live-rooms/held-places.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { createRoom } from '../support/server/api.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

const PASSWORD = 'open sesame';

function post(stage: Stage, path: string, { token }: Guest, body: object = {}): Promise<Response> {
  return fetch(stage.server.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Holds a place, and fails if that is refused. */
async function hold(stage: Stage, roomId: string, guest: Guest, body?: object): Promise<JoinRoomReply> {
  const reply = await post(stage, `/rooms/${roomId}/join`, guest, body);
  expect(reply.status).toBe(200);
  return v.parse(JoinRoomReply, await reply.json());
}

/** The code of a refusal, or the status of a success. */
async function outcome(reply: Promise<Response>): Promise<unknown> {
  const response = await reply;
  return response.ok ? response.status : (await response.json()).code;
}

async function join(guest: Guest, roomId: string, more: object = {}): Promise<unknown> {
  return codeOf(await (await guest.connect()).request('room:join', { roomId, ...more }));
}

describe('[RM8] a place held over HTTP', () => {
  it('tells the newcomer all it needs, and is shown to nobody until its user comes in', async () => {
    const stage = await startStage();
    const roomId = await stage.room();
    const ann = await (await stage.guest('Ann')).inside(roomId);
    const ben = await stage.guest('Ben');
    const userInfo = { seat: 3 };
    const reply = await hold(stage, roomId, ben, { userInfo });
    expect(reply).toMatchObject({
      room: { id: roomId, participants: 2 },
      participant: {
        peerId: null,
        userId: ben.userId,
        displayName: 'Ben',
        userInfo,
        host: false,
        hand: null,
      },
      participants: [{ peerId: ann.peerId }],
    });
    const listed = await stage.get(`/rooms/${roomId}/participants`, ben.token);
    expect(v.parse(ParticipantsReply, await listed.json())).toEqual({
      items: [expect.objectContaining({ peerId: ann.peerId })],
      nextCursor: null,
    });
    const person = await ben.connect({
      wsUrl: new URL(reply.wsUrl).origin,
      path: new URL(reply.wsUrl).pathname,
    });
    expect((await person.next('room:joined')).payload).toMatchObject({ room: { participants: 2 } });
    expect((await ann.next('peer:joined')).payload).toMatchObject({
      peer: { peerId: person.peerId, userInfo, displayName: 'Ben' },
    });
    expect(ann.events().filter((event) => event.startsWith('peer:'))).toEqual(['peer:joined']);
  });

  it('lets its user in whatever has changed since: the room is full, locked and has a password', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { max: 2, password: PASSWORD });
    const ann = await owner.inside(roomId);
    const ben = await stage.guest('Ben');
    await hold(stage, roomId, ben, { password: PASSWORD });
    await ann.request('room:lock', { locked: true });
    expect(await outcome(post(stage, `/rooms/${roomId}/join`, await stage.guest(), {}))).toBe('room_locked');
    await ann.request('room:lock', { locked: false });
    expect(await join(await stage.guest(), roomId, { password: PASSWORD })).toBe('room_full');
    expect(
      await outcome(post(stage, `/rooms/${roomId}/join`, await stage.guest(), { password: PASSWORD })),
    ).toBe('room_full');
    await ann.request('room:lock', { locked: true });
    expect(await join(ben, roomId)).toBe('room:joined');
    // The place is taken now.
    expect(await join(ben, roomId)).toBe('room_locked');
  });

  it('is one per user and room, however often it is asked for', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ max: 3 });
    const ben = await stage.guest('Ben');
    for (const seat of [1, 2, 3]) {
      expect(await hold(stage, roomId, ben, { userInfo: { seat } })).toMatchObject({
        room: { participants: 1 },
        participant: { userInfo: { seat } },
      });
    }
    const ann = await (await stage.guest('Ann')).inside(roomId);
    const [first, second] = [await ben.connect(), await ben.connect()];
    const joined = await first.request('room:join', { roomId });
    expect(joined).toMatchObject({ event: 'room:joined', payload: { room: { participants: 2 } } });
    expect((await ann.next('peer:joined')).payload.peer.userInfo).toEqual({ seat: 3 });
    expect(codeOf(await second.request('room:join', { roomId }))).toBe('room:joined');
    expect(await join(await stage.guest(), roomId)).toBe('room_full');
  });

  it('is given to exactly one of many who race for the last', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ max: 2 });
    await (await stage.guest()).inside(roomId);
    const guests = await Promise.all(Array.from({ length: 12 }, () => stage.guest()));
    const outcomes = await Promise.all(
      guests.map((guest, n) =>
        n % 2 === 0 ? outcome(post(stage, `/rooms/${roomId}/join`, guest)) : join(guest, roomId),
      ),
    );
    const won = outcomes.filter((one) => one === 200 || one === 'room:joined');
    expect(won).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'room_full')).toHaveLength(11);
  });

  it('goes after a minute', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const roomId = await stage.room({ max: 2 });
    const [ann, ben, cem] = [await stage.guest(), await stage.guest('Ben'), await stage.guest('Cem')];
    await ann.inside(roomId);
    await hold(stage, roomId, ben);
    clock.advance(PLACE_MS - 1);
    expect(await outcome(post(stage, `/rooms/${roomId}/join`, cem))).toBe('room_full');
    // Asking again holds it for another minute.
    await hold(stage, roomId, ben);
    clock.advance(PLACE_MS - 1);
    expect(await outcome(post(stage, `/rooms/${roomId}/join`, cem))).toBe('room_full');
    clock.advance(1_000);
    expect(await outcome(post(stage, `/rooms/${roomId}/join`, cem))).toBe(200);
    expect(await outcome(post(stage, `/rooms/${roomId}/join`, ben))).toBe('room_full');
  });

  it('is refused beyond ten for one user, until one of them is gone', async () => {
    const stage = await startStage();
    const ben = await stage.guest('Ben');
    const rooms = await Promise.all(Array.from({ length: PLACES_PER_USER + 1 }, () => stage.room()));
    const [last = '', ...others] = rooms;
    for (const roomId of others) await hold(stage, roomId, ben);
    const refused = await post(stage, `/rooms/${last}/join`, ben);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    await hold(stage, others[0] ?? '', ben);
    await post(stage, `/rooms/${others[3]}/leave`, ben);
    await hold(stage, last, ben);
  });

  it('is the place of a suspended session, and counts once', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ max: 2 });
    const ann = await (await stage.guest('Ann')).inside(roomId);
    const ben = await (await stage.guest('Ben')).inside(roomId);
    ben.cut();
    await ann.next('peer:suspended');
    expect(await hold(stage, roomId, ben.guest)).toMatchObject({
      room: { participants: 2 },
      participants: [{ peerId: ann.peerId }, { peerId: ben.peerId, state: 'suspended' }],
    });
    const back = await ben.guest.connect();
    expect(await back.request('room:join', { roomId })).toMatchObject({
      event: 'room:joined',
      payload: { room: { participants: 2 }, peers: [{ peerId: ann.peerId }] },
    });
    expect((await ann.next('peer:left')).payload).toEqual({ peerId: ben.peerId, reason: 'replaced' });
    expect(await join(await stage.guest(), roomId)).toBe('room_full');
  });

  it('is given up if the suspended session comes back instead', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ max: 2 });
    const ann = await (await stage.guest('Ann')).inside(roomId);
    const ben = await (await stage.guest('Ben')).inside(roomId);
    ben.cut();
    await ann.next('peer:suspended');
    await hold(stage, roomId, ben.guest);
    expect((await ben.resume().welcome).payload.resumed).toBe(true);
    expect(await join(ben.guest, roomId)).toBe('room_full');
    expect((await (await stage.get(`/rooms/${roomId}`, ben.guest.token)).json()).room.participants).toBe(2);
  });

  it('keeps nobody in who is banned, and goes with a kick', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { max: 3 });
    const ann = await owner.inside(roomId);
    for (const ban of [false, true]) {
      const ben = await (await stage.guest('Ben')).inside(roomId);
      await hold(stage, roomId, ben.guest);
      expect(codeOf(await ann.request('room:kick', { peerId: ben.peerId, ban }))).toBe('ack');
      expect((await ben.closed).code).toBe(ban ? 4004 : 4003);
      const { room } = await (await stage.get(`/rooms/${roomId}`, owner.token)).json();
      expect(room.participants).toBe(1);
      if (!ban) continue;
      expect(await outcome(post(stage, `/rooms/${roomId}/join`, ben.guest))).toBe('banned');
      expect(await join(ben.guest, roomId)).toBe('banned');
    }
  });

  it('ends with its login', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ max: 2 });
    const ann = await stage.guest('Ann');
    await ann.inside(roomId);
    const ben = await stage.guest('Ben');
    await hold(stage, roomId, ben);
    expect(await outcome(post(stage, '/auth/logout', ben))).toBe(204);
    expect(await outcome(post(stage, `/rooms/${roomId}/join`, await stage.guest()))).toBe(200);
  });

  it('[RM5] keeps its room, which goes with the last who is expected', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { emptySeconds: 0 });
    const ann = await owner.inside(roomId);
    const ben = await stage.guest('Ben');
    await hold(stage, roomId, ben);
    await ann.request('room:leave');
    expect((await stage.get(`/rooms/${roomId}`, ben.token)).status).toBe(200);
    expect(await outcome(post(stage, `/rooms/${roomId}/leave`, ben))).toBe(204);
    expect((await stage.get(`/rooms/${roomId}`, ben.token)).status).toBe(404);
  });

  it('goes with its room', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token);
    const ann = await owner.inside(roomId);
    const ben = await stage.guest('Ben');
    await hold(stage, roomId, ben);
    expect(codeOf(await ann.request('room:close'))).toBe('ack');
    expect(await join(ben, roomId)).toBe('room_not_found');
  });
});

describe('POST /rooms/:roomId/leave', () => {
  it('[RM3] takes all of the user’s peers out, whose sessions go on', async () => {
    const stage = await startStage();
    const roomId = await stage.room();
    const ann = await (await stage.guest('Ann')).inside(roomId);
    const guest = await stage.guest('Ben');
    const [first, second] = [await guest.inside(roomId), await guest.inside(roomId)];
    second.cut();
    await ann.next('peer:suspended');
    expect(await outcome(post(stage, `/rooms/${roomId}/leave`, guest))).toBe(204);
    expect((await first.next('room:left')).payload).toEqual({ roomId });
    for (const { peerId } of [first, second]) {
      const left = await ann.next('peer:left', ({ payload }) => JSON.stringify(payload).includes(peerId));
      expect(left.payload.reason).toBe('left');
    }
    // The suspended one hears of it when it is back.
    const back = second.resume();
    expect((await back.welcome).payload.resumed).toBe(true);
    expect((await back.next('room:left')).payload).toEqual({ roomId });
    expect(codeOf(await first.request('room:join', { roomId }))).toBe('room:joined');
    expect(await outcome(post(stage, `/rooms/${roomId}/leave`, await stage.guest()))).toBe(204);
  });
});

describe('[RM4] who is inside', () => {
  it('is told over HTTP to those inside and to hosts alone', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token);
    const ben = await stage.guest('Ben');
    const list = (guest: Guest) => stage.get(`/rooms/${roomId}/participants`, guest.token);
    expect(await (await list(owner)).json()).toEqual({ items: [], nextCursor: null });
    expect(await outcome(list(ben))).toBe('forbidden');
    const { peerId } = await ben.inside(roomId);
    expect(await (await list(ben)).json()).toMatchObject({ items: [{ peerId }] });
  });

  it('is told by /connect only to somebody who could come in now', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { max: 2 });
    const ann = await owner.inside(roomId);
    const peersFor = async ({ token }: Guest): Promise<unknown[]> => {
      const reply = await stage.get(`/connect/${roomId}`, token, { Accept: 'application/json' });
      return (await reply.json()).peers;
    };
    const [ben, cem] = [await stage.guest('Ben'), await stage.guest('Cem')];
    expect(await peersFor(cem)).toMatchObject([{ peerId: ann.peerId }]);
    await hold(stage, roomId, ben);
    expect(await peersFor(cem)).toEqual([]);
    for (const guest of [owner, ben]) expect(await peersFor(guest)).toMatchObject([{ peerId: ann.peerId }]);
  });

  it('is not told by /connect to somebody who would have to knock', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { waitingRoom: true });
    await owner.inside(roomId);
    const ben = await stage.guest('Ben');
    const reply = await stage.get(`/connect/${roomId}`, ben.token, { Accept: 'application/json' });
    expect(await reply.json()).toMatchObject({ room: { participants: 1 }, peers: [] });
  });
});
