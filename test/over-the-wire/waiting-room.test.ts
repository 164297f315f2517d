import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import type { CreateRoomRequest } from '../../src/protocol/bodies.ts';
import { serverEvents } from '../../src/protocol/events.ts';
import { PLACES_PER_USER } from '../../src/signaling/live-rooms/held-places.ts';
import { KNOCKS_PER_NETWORK } from '../../src/signaling/live-rooms/knock-bounds.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { createRoom } from '../support/server/api.ts';
import { temporaryDatabase, temporaryFolder } from '../support/server/database.ts';
import type { RawFrame } from '../support/server/ws-client.ts';
import { codeOf, type Guest, type Person, type Stage, startStage } from './stage.ts';

/** A room with a waiting room, and its owner inside. */
async function hosted(stage: Stage, body: CreateRoomRequest = {}) {
  const owner = await stage.guest('Host');
  const { id: roomId } = await createRoom(stage.server.url, owner.token, { waitingRoom: true, ...body });
  const host = await owner.inside(roomId);
  await host.next('room:knocks');
  return { roomId, owner, host };
}

/** A new guest who waits. */
async function waiting(stage: Stage, roomId: string, name = 'Guest') {
  const guest = await stage.guest(name);
  return knock(await guest.connect(), roomId);
}

type Waiting = Awaited<ReturnType<typeof waiting>>;

async function knock(person: Person, roomId: string) {
  const { event, payload } = await person.request('room:join', { roomId });
  expect(event).toBe('knock:waiting');
  const { knockId } = payload as { knockId: string };
  return Object.assign(person, { knockId });
}

/** The user ids of those who wait, by the newest list that has come; skips older ones. */
async function whoWaits(host: Person): Promise<(string | undefined)[]> {
  await host.settled();
  const lists = host.frames.filter(({ event }) => event === 'room:knocks');
  return itemsOf(lists.at(-1)).map(({ userId }) => userId);
}

async function post(stage: Stage, path: string, { token }: Guest, body: object = {}) {
  const response = await fetch(stage.server.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function patch(stage: Stage, roomId: string, { token }: Guest, body: object): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` };
  const url = `${stage.server.url}/rooms/${roomId}`;
  return (await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(body) })).status;
}

const ofPeer =
  ({ peerId }: Person) =>
  ({ payload }: RawFrame): boolean =>
    JSON.stringify(payload).includes(peerId);

async function tokenFor(claims: MintedClaims): Promise<string> {
  const minting = { keys: await secretKeys(SECRET), issuer: 'parley', audience: 'parley' };
  return mintToken(claims, { ...minting, now: Date.now(), lifetimeSeconds: 300 });
}

function itemsOf(frame: RawFrame | undefined): readonly { knockId: string; userId: string }[] {
  return v.parse(serverEvents['room:knocks'], frame?.payload).items;
}

describe('somebody who waits', () => {
  it('[KN1] gets no place, and learns nothing but the name of the room', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage, { name: 'Tea' });
    const guest = await stage.guest('Ben');
    const ben = await guest.connect();
    const { event, payload } = await ben.request('room:join', { roomId });
    expect([event, payload]).toEqual([
      'knock:waiting',
      { knockId: expect.any(String), room: { id: roomId, name: 'Tea' } },
    ]);
    await host.request('media:state', { audio: true });
    await ben.settled();
    expect(ben.events()).toEqual(['welcome', 'knock:waiting', 'pong']);
    for (const event of ['media:state', 'speaking', 'typing', 'room:close', 'room:lock'] as const) {
      const answer = await ben.request(event, { audio: true, speaking: true, typing: true, locked: true });
      expect([event, codeOf(answer)]).toEqual([event, 'not_in_room']);
    }
    const offer = await ben.request('call:offer', { to: host.peerId, sdp: 'x' });
    expect(codeOf(offer)).toBe('not_in_room');
    const { room } = await (await stage.get(`/rooms/${roomId}`, guest.token)).json();
    expect(room.participants).toBe(1);
    expect((await stage.get(`/rooms/${roomId}/participants`, guest.token)).status).toBe(403);
    expect((await stage.get(`/rooms/${roomId}/knocks`, guest.token)).status).toBe(403);
    const connect = await stage.get(`/connect/${roomId}`, guest.token, { Accept: 'application/json' });
    expect(await connect.json()).toMatchObject({ peers: [] });
    expect(host.events()).not.toContain('peer:joined');
  });

  it('[KN1] gets no relay credentials over HTTP', async () => {
    const stage = await startStage({ TURN_URLS: 'turn:turn.test', DIRECT_CALLS: 'on' });
    const { roomId, host } = await hosted(stage);
    const guest = await stage.guest();
    const hasTurn = async (path: string) =>
      (await (await stage.get(path, guest.token, { Accept: 'application/json' })).text()).includes(
        'credential',
      );
    const paths = ['/ice-servers', `/connect/${roomId}`];
    for (const path of paths) expect(await hasTurn(path)).toBe(true);
    const { knockId } = (await post(stage, `/rooms/${roomId}/join`, guest)).body.knock;
    for (const path of paths) expect([path, await hasTurn(path)]).toEqual([path, false]);
    await host.request('room:admit', { knockId });
    for (const path of paths) expect([path, await hasTurn(path)]).toEqual([path, true]);
  });

  it('[KN1] passes with a second session once its user is inside', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    await host.request('room:admit', { knockId: ben.knockId });
    await ben.next('room:joined');
    await ben.guest.inside(roomId);
  });

  it('[KN1][TK4] is nobody whose token is for a host or skips the knock', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId } = await hosted(stage);
    const bearer = async (sub: string, claim: object) =>
      stage.bearer(sub, await tokenFor({ sub, room: { id: roomId, ...claim } }));
    await (await bearer('cat', { skipKnock: true })).inside(roomId);
    await (await bearer('dan', { admin: true })).inside(roomId);
    await knock(await (await bearer('eve', {})).connect(), roomId);
  });

  it('[KN2] is shown to every host inside alike, longest first', async () => {
    const stage = await startStage();
    const { roomId, owner, host } = await hosted(stage);
    const [ben, cat] = [await waiting(stage, roomId, 'Ben'), await waiting(stage, roomId, 'Cat')];
    const second = await owner.inside(roomId);
    const expected = {
      items: [ben, cat].map(({ knockId, guest }, place) => ({
        knockId,
        userId: guest.userId,
        displayName: ['Ben', 'Cat'][place],
        kind: 'guest',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
      })),
    };
    expect((await second.next('room:knocks')).payload).toEqual(expected);
    await host.next('room:knocks');
    expect((await host.next('room:knocks')).payload).toEqual(expected);
    const listed = await stage.get(`/rooms/${roomId}/knocks`, owner.token);
    expect(await listed.json()).toEqual({ ...expected, nextCursor: null });
  });

  it('[KN3] gets a place when a host admits it; of two hosts who do, the second hears not_found', async () => {
    const stage = await startStage();
    const { roomId, owner, host } = await hosted(stage);
    const second = await owner.inside(roomId);
    const ben = await waiting(stage, roomId, 'Ben');
    const answers = await Promise.all(
      [host, second].map((one) => one.request('room:admit', { knockId: ben.knockId })),
    );
    expect(answers.map(codeOf).sort()).toEqual(['ack', 'not_found']);
    const { payload } = await ben.next('room:joined');
    expect(payload).toMatchObject({
      room: { id: roomId, participants: 3 },
      peers: [{ peerId: host.peerId }, { peerId: second.peerId }],
    });
    for (const one of [host, second]) {
      expect((await one.next('peer:joined', ofPeer(ben))).payload).toMatchObject({
        peer: { peerId: ben.peerId },
      });
      expect(await whoWaits(one)).toEqual([]);
    }
    await ben.settled();
    expect(ben.events().filter((event) => event === 'room:joined')).toHaveLength(1);
  });

  it('[KN3] is refused, and may ask again after 30 s, over HTTP too', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const { roomId, host } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    expect(codeOf(await host.request('room:refuse', { knockId: ben.knockId }))).toBe('ack');
    expect(codeOf(await ben.next('error'))).toBe('knock_refused');
    clock.advance(10_000);
    const again = await ben.request('room:join', { roomId });
    expect(again.payload).toMatchObject({ code: 'knock_refused', retryAfterMs: 20_000 });
    const overHttp = await post(stage, `/rooms/${roomId}/join`, ben.guest);
    expect(overHttp).toMatchObject({ status: 403, body: { code: 'knock_refused', retryAfterMs: 20_000 } });
    expect(codeOf(await host.request('room:refuse', { knockId: ben.knockId }))).toBe('not_found');
    clock.advance(20_000);
    await knock(ben, roomId);
  });

  it('[KN3] stays in the line while the room is full, and `all` admits from its head', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage, { max: 3 });
    const people = [];
    for (const name of ['Ben', 'Cat', 'Dan']) people.push(await waiting(stage, roomId, name));
    const [ben, cat, dan] = people as [Waiting, Waiting, Waiting];
    expect(codeOf(await host.request('room:admit', { all: true }))).toBe('ack');
    await ben.next('room:joined');
    await cat.next('room:joined');
    expect(await whoWaits(host)).toEqual([dan.guest.userId]);
    expect(codeOf(await host.request('room:admit', { knockId: dan.knockId }))).toBe('room_full');
    expect(codeOf(await host.request('room:admit', { all: true }))).toBe('room_full');
    expect(await whoWaits(host)).toEqual([dan.guest.userId]);
    await ben.request('room:leave');
    await host.request('room:admit', { all: true });
    await dan.next('room:joined');
    expect(codeOf(await host.request('room:admit', { all: true }))).toBe('ack');
  });

  it.each(['`all`', 'switching the waiting room off'])(
    '[KN3][KN5] is held up by nobody who has too many places elsewhere: %s passes them over',
    async (how) => {
      const stage = await startStage();
      const { roomId, owner, host } = await hosted(stage);
      const busy = await stage.guest('Busy');
      for (let count = 0; count < PLACES_PER_USER; count += 1) {
        const { id } = await createRoom(stage.server.url, owner.token);
        expect((await post(stage, `/rooms/${id}/join`, busy)).status).toBe(200);
      }
      expect((await post(stage, `/rooms/${roomId}/join`, busy)).status).toBe(202);
      const admitAll = () => host.request('room:admit', { all: true });
      expect(codeOf(await admitAll())).toBe('rate_limited');
      const next = await waiting(stage, roomId);
      if (how === '`all`') expect(codeOf(await admitAll())).toBe('ack');
      else expect(await patch(stage, roomId, owner, { waitingRoom: false })).toBe(200);
      await next.next('room:joined');
      expect(await whoWaits(host)).toEqual([busy.userId]);
    },
  );

  it('[KN3] is answered by hosts alone', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const [ben, cat] = [await waiting(stage, roomId), await waiting(stage, roomId)];
    await host.request('room:admit', { knockId: ben.knockId });
    await ben.next('room:joined');
    const { knockId } = cat;
    for (const [event, payload] of [
      ['room:admit', { knockId }],
      ['room:admit', { all: true }],
      ['room:refuse', { knockId }],
    ] as const) {
      expect(codeOf(await ben.request(event, payload))).toBe('forbidden');
      expect(codeOf(await cat.request(event, payload))).toBe('not_in_room');
    }
    for (const payload of [{}, { knockId, all: true }, { all: false }, { knockId: 7 }]) {
      expect(codeOf(await host.request('room:admit', payload))).toBe('invalid_message');
    }
    for (const none of ['', 'no such knock', '__proto__']) {
      expect(codeOf(await host.request('room:admit', { knockId: none }))).toBe('not_found');
    }
    const answer = `/rooms/${roomId}/knocks/${knockId}`;
    expect((await post(stage, answer, ben.guest, { admit: true })).body.code).toBe('forbidden');
    expect((await post(stage, answer, host.guest, {})).body.code).toBe('validation_failed');
    expect((await post(stage, `${answer}x`, host.guest, { admit: true })).body.code).toBe('not_found');
    expect((await post(stage, answer, host.guest, { admit: false })).status).toBe(204);
    expect(codeOf(await cat.next('error'))).toBe('knock_refused');
  });

  it('[KN3] is let in by no host who merely comes in', async () => {
    const stage = await startStage();
    const { roomId, owner, host } = await hosted(stage);
    await host.request('room:leave');
    const ben = await waiting(stage, roomId);
    await owner.inside(roomId);
    await ben.settled();
    expect(ben.events()).toEqual(['welcome', 'knock:waiting', 'pong']);
  });

  it('[KN3][SE8] keeps its place in the line across a restart, whether its line is lost or not', async () => {
    const folder = temporaryFolder();
    const settings = { DATABASE_PATH: join(folder, 'parley.db'), JWT_SECRET: SECRET };
    const before = await startStage(settings);
    const { roomId, host } = await hosted(before);
    const [ben, cat] = [await waiting(before, roomId, 'Ben'), await waiting(before, roomId, 'Cat')];
    await host.settled();
    ben.cut();
    await before.server.drain();
    const after = await startStage(settings);
    const again = (person: Person) => person.resume(undefined, after.server.wsUrl);
    const [hostAgain, benAgain, catAgain] = [again(host), again(ben), again(cat)];
    for (const one of [hostAgain, benAgain, catAgain]) {
      expect((await one.welcome).payload.resumed).toBe(true);
    }
    const listed = await (await after.get(`/rooms/${roomId}/knocks`, host.guest.token)).json();
    expect(listed.items.map(({ knockId }: Waiting) => knockId)).toEqual([ben.knockId, cat.knockId]);
    expect(codeOf(await hostAgain.request('room:admit', { all: true }))).toBe('ack');
    for (const one of [benAgain, catAgain]) {
      expect((await one.next('room:joined')).payload).toMatchObject({ room: { id: roomId } });
    }
  });

  it('[KN3][SE8] that was refused may not ask again after a restart either, until 30 s have passed', async () => {
    const settings = { DATABASE_PATH: temporaryDatabase(), JWT_SECRET: SECRET };
    const before = await startStage(settings);
    const { roomId, host } = await hosted(before);
    const ben = await waiting(before, roomId, 'Ben');
    expect(codeOf(await host.request('room:refuse', { knockId: ben.knockId }))).toBe('ack');
    await ben.next('error');
    await before.server.drain();
    const after = await startStage(settings);
    const again = ben.resume(undefined, after.server.wsUrl);
    expect((await again.welcome).payload.resumed).toBe(true);
    const refusal = { code: 'knock_refused', retryAfterMs: expect.any(Number) };
    expect((await again.request('room:join', { roomId })).payload).toMatchObject(refusal);
    const overHttp = await post(after, `/rooms/${roomId}/join`, ben.guest);
    expect(overHttp).toMatchObject({ status: 403, body: refusal });
    await knock(await (await after.guest()).connect(), roomId);
  });

  it('[KN4] has one knock: its user waits with one session at a time', async () => {
    const stage = await startStage();
    const { roomId } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    const tab = await ben.guest.connect();
    expect(codeOf(await tab.request('room:join', { roomId }))).toBe('rate_limited');
    expect((await knock(ben, roomId)).knockId).toBe(ben.knockId);
    ben.cut();
    await expect.poll(async () => codeOf(await tab.request('room:join', { roomId }))).toBe('knock:waiting');
    expect((await knock(tab, roomId)).knockId).toBe(ben.knockId);
  });

  it('[KN4] is at most the 30th from one address', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    for (let n = 0; n < KNOCKS_PER_NETWORK; n += 1) await waiting(stage, roomId);
    const late = await stage.guest();
    const refused = await (await late.connect()).request('room:join', { roomId });
    expect(refused.payload).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) });
    expect((await post(stage, `/rooms/${roomId}/join`, late)).status).toBe(429);
    expect(await whoWaits(host)).toHaveLength(KNOCKS_PER_NETWORK);
  });

  it('[KN5] waits no longer after room:leave, or once it is somewhere else', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    expect(codeOf(await ben.request('room:leave'))).toBe('ack');
    expect(codeOf(await ben.request('room:leave'))).toBe('not_in_room');
    expect(await whoWaits(host)).toEqual([]);
    await knock(ben, roomId);
    expect(
      codeOf(await ben.request('room:join', { roomId: await stage.room({ password: 'green tea' }) })),
    ).toBe('password_required');
    expect(await whoWaits(host)).toEqual([ben.guest.userId]);
    expect(codeOf(await ben.request('room:join', { roomId: await stage.room() }))).toBe('room:joined');
    expect(await whoWaits(host)).toEqual([]);
  });

  it('[KN5] hears room_not_found when the room goes', async () => {
    const stage = await startStage();
    for (const end of ['close', 'delete', 'leave'] as const) {
      const { roomId, owner, host } = await hosted(stage, { emptySeconds: 0 });
      const ben = await waiting(stage, roomId);
      if (end === 'close') await host.request('room:close');
      if (end === 'leave') await host.request('room:leave');
      const headers = { Authorization: `Bearer ${owner.token}` };
      if (end === 'delete') await fetch(`${stage.server.url}/rooms/${roomId}`, { method: 'DELETE', headers });
      expect([end, codeOf(await ben.next('error'))]).toEqual([end, 'room_not_found']);
      expect(codeOf(await ben.request('room:join', { roomId }))).toBe('room_not_found');
    }
  });

  it('[KN5] hears that its user is banned', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, host } = await hosted(stage);
    const claim = { id: roomId, skipKnock: true };
    const plain = stage.bearer('ben', await tokenFor({ sub: 'ben' }));
    const ben = await knock(await plain.connect(), roomId);
    const inside = await stage.bearer('ben', await tokenFor({ sub: 'ben', room: claim })).inside(roomId);
    expect(codeOf(await host.request('room:kick', { peerId: inside.peerId, ban: true }))).toBe('ack');
    expect(codeOf(await ben.next('error'))).toBe('banned');
    expect(await whoWaits(host)).toEqual([]);
    expect(codeOf(await ben.request('room:join', { roomId }))).toBe('banned');
    expect(codeOf(await host.request('room:admit', { knockId: ben.knockId }))).toBe('not_found');
  });

  it('[KN5] comes in with the others, in order while there is room, when the waiting room is switched off', async () => {
    const stage = await startStage();
    const { roomId, owner, host } = await hosted(stage, { max: 3 });
    const people = [];
    for (const name of ['Ben', 'Cat', 'Dan']) people.push(await waiting(stage, roomId, name));
    const [ben, cat, dan] = people as [Waiting, Waiting, Waiting];
    expect(await patch(stage, roomId, owner, { waitingRoom: false })).toBe(200);
    await ben.next('room:joined');
    await cat.next('room:joined');
    expect(await whoWaits(host)).toEqual([dan.guest.userId]);
    expect(codeOf(await dan.request('room:join', { roomId }))).toBe('room_full');
    expect(await whoWaits(host)).toEqual([dan.guest.userId]);
    await cat.request('room:leave');
    expect(codeOf(await dan.request('room:join', { roomId }))).toBe('room:joined');
    expect(await whoWaits(host)).toEqual([]);
  });

  it('[KN5] stays when the room is locked and can be admitted, but nobody knocks at a locked room', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    await host.request('room:lock', { locked: true });
    const late = await (await stage.guest()).connect();
    expect(codeOf(await late.request('room:join', { roomId }))).toBe('room_locked');
    expect((await post(stage, `/rooms/${roomId}/join`, late.guest)).body.code).toBe('room_locked');
    expect((await knock(ben, roomId)).knockId).toBe(ben.knockId);
    await host.request('room:admit', { knockId: ben.knockId });
    await ben.next('room:joined');
  });

  it('[KN1][RM1] knocks only after the password, and at a full room too', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage, { password: 'open sesame', max: 2 });
    const ben = await (await stage.guest()).connect();
    expect(codeOf(await ben.request('room:join', { roomId }))).toBe('password_required');
    const answer = await ben.request('room:join', { roomId, password: 'open sesame' });
    expect(codeOf(answer)).toBe('knock:waiting');
    await host.request('room:admit', { all: true });
    await ben.next('room:joined');
    const cat = await (await stage.guest()).connect();
    expect(codeOf(await cat.request('room:join', { roomId, password: 'open sesame' }))).toBe('knock:waiting');
  });
});

describe('a knock over HTTP', () => {
  it('[KN1][KN3] is answered 202, goes on with the WebSocket, and is one with it', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage, { name: 'Tea', password: 'open sesame' });
    const guest = await stage.guest('Ben');
    const join = `/rooms/${roomId}/join`;
    expect((await post(stage, join, guest)).body.code).toBe('password_required');
    const first = await post(stage, join, guest, { password: 'open sesame' });
    expect(first).toEqual({
      status: 202,
      body: { knock: { knockId: expect.any(String), room: { id: roomId, name: 'Tea' } } },
    });
    expect(await post(stage, join, guest)).toEqual(first);
    expect(await whoWaits(host)).toEqual([guest.userId]);
    const ben = await knock(await guest.connect(), roomId);
    expect(ben.knockId).toBe(first.body.knock.knockId);
    const answer = `/rooms/${roomId}/knocks/${ben.knockId}`;
    expect((await post(stage, answer, host.guest, { admit: true })).status).toBe(204);
    await ben.next('room:joined');
  });

  it('[KN3][RM8] gets a place for 60 s if it is admitted before its WebSocket comes', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const { roomId, host } = await hosted(stage, { max: 2 });
    const [guest, rival] = [await stage.guest('Ben'), await waiting(stage, roomId)];
    const { knockId } = (await post(stage, `/rooms/${roomId}/join`, guest)).body.knock;
    expect(codeOf(await host.request('room:admit', { knockId }))).toBe('ack');
    expect(await whoWaits(host)).toEqual([rival.guest.userId]);
    expect(codeOf(await host.request('room:admit', { all: true }))).toBe('room_full');
    expect((await post(stage, `/rooms/${roomId}/join`, guest)).status).toBe(200);
    await host.request('room:lock', { locked: true });
    clock.advance(59_000);
    const ben = await guest.inside(roomId);
    await ben.request('room:leave');
    expect(codeOf(await host.request('room:admit', { all: true }))).toBe('ack');
    await rival.next('room:joined');
  });

  it('[KN5] ends by leave, which tells a session that waits', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const guest = await stage.guest();
    await post(stage, `/rooms/${roomId}/join`, guest);
    expect((await post(stage, `/rooms/${roomId}/leave`, guest)).status).toBe(204);
    expect(await whoWaits(host)).toEqual([]);
    const ben = await knock(await guest.connect(), roomId);
    await post(stage, `/rooms/${roomId}/leave`, guest);
    expect((await ben.next('room:left')).payload).toEqual({ roomId });
    expect(await whoWaits(host)).toEqual([]);
  });
});
