import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { CLOSE } from '../../src/protocol/codes.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

/** @param ageMs how long ago it was issued; negative: later than now */
async function minted(stage: Stage, claims: MintedClaims, ageMs: number): Promise<Guest> {
  const keys = await secretKeys(SECRET);
  const now = Date.now() - ageMs;
  const minting = { keys, issuer: 'parley', audience: 'parley', now, lifetimeSeconds: 3_600 };
  return stage.bearer(claims.sub, await mintToken(claims, minting));
}

/** A room of Ann's, and Zoe with a token for it that is a minute old, with one of now, and with a plain one. */
async function party(environment = {}) {
  const stage = await startStage({ JWT_SECRET: SECRET, ...environment });
  const owner = await stage.guest('Ann');
  const created = await fetch(`${stage.server.url}/rooms`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${owner.token}` },
    body: '{}',
  });
  const roomId: string = (await created.json()).room.id;
  const zoe = (ageMs: number) => minted(stage, { sub: 'zoe', room: { id: roomId, admin: true } }, ageMs);
  return {
    stage,
    roomId,
    ann: await owner.inside(roomId),
    old: await zoe(60_000),
    /** In the same second or before. */
    ofNow: () => zoe(0),
    /** In the next seconds, which the leeway between clocks allows. */
    fresh: await zoe(-20_000),
    plain: await minted(stage, { sub: 'zoe' }, 60_000),
  };
}

async function ask(stage: Stage, { token }: Guest, path: string, method = 'GET', body?: object) {
  const response = await fetch(stage.server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return response.ok ? response.status : JSON.parse(text).code;
}

const join = async (guest: Guest, roomId: string) =>
  codeOf(await (await guest.connect()).request('room:join', { roomId }));

describe('a token for one room whose bearer was put out', () => {
  it('[TK4] by a kick opens the room no more; one issued later and a plain one do', async () => {
    const { stage, roomId, ann, old, ofNow, fresh, plain } = await party();
    const zoe = await old.inside(roomId);
    const sameSecond = await ofNow();
    expect(codeOf(await ann.request('room:kick', { peerId: zoe.peerId }))).toBe('ack');
    expect((await zoe.closed).code).toBe(CLOSE.kicked);
    expect(await join(old, roomId)).toBe('forbidden');
    expect(await join(sameSecond, roomId)).toBe('forbidden');
    expect(await ask(stage, old, `/connect/${roomId}`)).toBe('forbidden');
    expect(await ask(stage, old, `/rooms/${roomId}/join`, 'POST', {})).toBe('forbidden');
    for (const path of ['', '/chat', '/bans', '/invitations', '/knocks', '/participants', '/calls'])
      expect([path, await ask(stage, old, `/rooms/${roomId}${path}`)]).toEqual([path, 'forbidden']);
    expect(await ask(stage, old, `/rooms/${roomId}`, 'PATCH', { locked: true })).toBe('forbidden');
    expect(await ask(stage, old, `/rooms/${roomId}`, 'DELETE')).toBe('forbidden');
    for (const path of ['/auth/me', '/ice-servers']) expect(await ask(stage, old, path)).toBe(200);
    expect(await join(fresh, roomId)).toBe('room:joined');
    expect(await join(plain, roomId)).toBe('room:joined');
  });

  it('[TK4] puts out every peer that came by it, but not who came by a plain one, nor by one issued later', async () => {
    const { roomId, ann, old, fresh, plain } = await party();
    const [first, second] = [await old.inside(roomId), await old.inside(roomId)];
    const [third, fourth] = [await fresh.inside(roomId), await plain.inside(roomId)];
    expect(codeOf(await ann.request('room:kick', { peerId: first.peerId }))).toBe('ack');
    for (const person of [first, second]) expect((await person.closed).code).toBe(CLOSE.kicked);
    for (const person of [third, fourth]) await person.settled();
    expect(codeOf(await third.request('room:kick', { peerId: fourth.peerId }))).toBe('ack');
    await third.settled();
  });

  it('[TK4] [CA6] brings STUN only, even if its user is inside by a plain one', async () => {
    const { stage, roomId, ann, old, plain } = await party({ TURN_URLS: 'turn:turn.example.org' });
    const lost = await old.inside(roomId);
    const hasRelay = async () =>
      (await (await stage.get('/ice-servers', old.token)).text()).includes('turn:turn.example.org');
    await plain.inside(roomId);
    expect(await hasRelay()).toBe(true);
    await ann.request('room:kick', { peerId: lost.peerId });
    expect(await hasRelay()).toBe(false);
  });

  it('[TK4] may lack `iat`: then it is worthless whenever it was made', async () => {
    const { stage, roomId, ann, plain } = await party();
    const endless = async (): Promise<Guest> => {
      const key = new TextEncoder().encode(SECRET);
      const jwt = new SignJWT({ sub: 'zoe', room: { id: roomId } }).setProtectedHeader({ alg: 'HS256' });
      return stage.bearer('zoe', await jwt.setExpirationTime('10m').sign(key));
    };
    expect(await join(await endless(), roomId)).toBe('room:joined');
    const zoe = await plain.inside(roomId);
    await ann.request('room:kick', { peerId: zoe.peerId });
    expect(await join(await endless(), roomId)).toBe('forbidden');
    expect(await ask(stage, await endless(), `/rooms/${roomId}`)).toBe('forbidden');
  });

  it('[TK4] is worthless in a room that a backend makes again under the same id', async () => {
    const { stage, roomId, old, fresh } = await party();
    const service = await minted(stage, { sub: 'backend', role: 'service' }, 0);
    const path = `/rooms/${roomId}`;
    const zoe = await old.inside(roomId);
    expect(await ask(stage, service, `${path}/users/zoe`, 'DELETE')).toBe(200);
    await zoe.closed;
    expect(await ask(stage, service, path, 'DELETE')).toBe(200);
    expect(await ask(stage, old, path)).toBe('room_not_found');
    expect(await ask(stage, service, path, 'POST', {})).toBe(201);
    expect(await join(old, roomId)).toBe('forbidden');
    expect(await ask(stage, old, path)).toBe('forbidden');
    expect(await join(fresh, roomId)).toBe('room:joined');
  });

  it('[TK4] tells its bearer what to do', async () => {
    const { stage, roomId, ann, old } = await party();
    const zoe = await old.inside(roomId);
    await ann.request('room:kick', { peerId: zoe.peerId });
    const { payload } = await (await old.connect()).request('room:join', { roomId });
    const response = await stage.get(`/rooms/${roomId}`, old.token);
    const { detail } = await response.json();
    expect(detail).toMatch(/put out .* Ask .* for a new one/);
    expect(payload).toMatchObject({ message: detail });
  });

  it('[TK4] resumes and renews no session', async () => {
    const { roomId, ann, old, plain } = await party();
    const [kept, lost] = [await plain.inside(roomId), await old.inside(roomId)];
    expect(codeOf(await ann.request('room:kick', { peerId: lost.peerId }))).toBe('ack');
    expect(codeOf(await kept.request('session:token', { token: old.token }))).toBe('forbidden');
    kept.cut();
    const resume = { token: kept.welcomed.resumeToken, lastSeq: kept.lastSeq };
    const wrong = await old.connect({ resume });
    expect([wrong.welcomed.resumed, wrong.peerId === kept.peerId]).toEqual([false, false]);
    expect((await plain.connect({ resume })).welcomed.resumed).toBe(true);
  });

  it('[TK4] by a ban is refused with `banned`, and with `forbidden` once it is lifted', async () => {
    const { stage, roomId, ann, old, fresh, plain } = await party();
    const zoe = await old.inside(roomId);
    expect(codeOf(await ann.request('room:kick', { peerId: zoe.peerId, ban: true }))).toBe('ack');
    for (const guest of [old, fresh, plain]) expect(await join(guest, roomId)).toBe('banned');
    expect(await ask(stage, old, `/rooms/${roomId}`)).toBe('banned');
    expect(await ask(stage, ann.guest, `/rooms/${roomId}/bans/zoe`, 'DELETE')).toBe(204);
    expect(await join(old, roomId)).toBe('forbidden');
    expect(await ask(stage, old, `/rooms/${roomId}/chat`)).toBe('forbidden');
    expect(await join(fresh, roomId)).toBe('room:joined');
    expect(await join(plain, roomId)).toBe('room:joined');
  });

  it('[TK4] stays worthless when another process serves the room', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const { stage, roomId, ann, old } = await party({ DATABASE_PATH });
    const zoe = await old.inside(roomId);
    await ann.request('room:kick', { peerId: zoe.peerId });
    await stage.server.close();
    const next = await startStage({ JWT_SECRET: SECRET, DATABASE_PATH });
    expect(await join(next.bearer('zoe', old.token), roomId)).toBe('forbidden');
  });
});
