import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { RoomReply } from '../../src/protocol/bodies.ts';
import { CLOSE } from '../../src/protocol/codes.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, createRoom } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { codeOf, type Guest, type Person, type Stage, startStage } from './stage.ts';

const NOBODY = '99999999-9999-4999-8999-999999999999';

/** Ann in her own room, with Ben and Cem. */
async function party(stage: Stage) {
  const owner = await stage.guest('Ann');
  const { id: roomId } = await createRoom(stage.server.url, owner.token);
  const [ann, ben, cem] = [
    await owner.inside(roomId),
    await (await stage.guest('Ben')).inside(roomId),
    await (await stage.guest('Cem')).inside(roomId),
  ];
  return { roomId, owner, ann, ben, cem };
}

async function minted(stage: Stage, claims: MintedClaims): Promise<Guest> {
  const keys = await secretKeys(SECRET);
  const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
  return stage.bearer(claims.sub, await mintToken(claims, minting));
}

const join = async (person: Person, roomId: string) => codeOf(await person.request('room:join', { roomId }));

describe('whoever runs a room', () => {
  it('[RM6][RM3][CA5] kicks a peer: its session ends, the others are told, and its calls hung up', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    await ben.request('call:offer', { to: cem.peerId, sdp: 'v=0' });
    expect(codeOf(await ann.request('room:kick', { peerId: ben.peerId }))).toBe('ack');
    expect((await ben.closed).code).toBe(CLOSE.kicked);
    for (const other of [ann, cem]) {
      expect((await other.next('peer:left')).payload).toEqual({ peerId: ben.peerId, reason: 'kicked' });
    }
    expect((await cem.next('call:hangup')).payload).toMatchObject({ from: ben.peerId, reason: 'peer_left' });
    const back = ben.resume();
    expect((await back.welcome).payload.resumed).toBe(false);
    back.cut();
    expect(await join(await ben.guest.connect(), roomId)).toBe('room:joined');
  });

  it('[RM6] kicks a peer whose connection is lost', async () => {
    const stage = await startStage();
    const { ann, ben } = await party(stage);
    ben.cut();
    await ann.next('peer:suspended');
    expect(codeOf(await ann.request('room:kick', { peerId: ben.peerId }))).toBe('ack');
    expect((await ann.next('peer:left')).payload).toEqual({ peerId: ben.peerId, reason: 'kicked' });
    expect((await ben.resume().welcome).payload.resumed).toBe(false);
  });

  it('[RM6] bans a user in all tabs and logins, but nobody else of the same name', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, ann } = await party(stage);
    const [login, other] = [
      await minted(stage, { sub: 'zoe', name: 'Zoe' }),
      await minted(stage, { sub: 'zoe', name: 'Zoe' }),
    ];
    const [tab, second] = [await login.inside(roomId), await login.inside(roomId)];
    expect(codeOf(await ann.request('room:kick', { peerId: tab.peerId, ban: true }))).toBe('ack');
    for (const each of [tab, second]) expect((await each.closed).code).toBe(CLOSE.banned);
    expect((await ann.next('peer:left')).payload.reason).toBe('banned');
    expect(await join(await other.connect(), roomId)).toBe('banned');
    const opener = await minted(stage, { sub: 'zoe', room: { id: roomId } });
    expect(await join(await opener.connect(), roomId)).toBe('banned');
    const reply = await stage.get(`/connect/${roomId}`, other.token, { Accept: 'application/json' });
    expect([reply.status, (await reply.json()).code]).toEqual([403, 'banned']);
    const namesake = await stage.guest('Zoe');
    expect(await join(await namesake.connect(), roomId)).toBe('room:joined');
  });

  it('[RM6] locks a room for newcomers only, and unlocks it', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, owner, ann, ben } = await party(stage);
    const late = await stage.person();
    expect(codeOf(await ann.request('room:lock', { locked: true }))).toBe('ack');
    expect(await join(late, roomId)).toBe('room_locked');
    const { room } = await api(stage.server.url, `/rooms/${roomId}`, {
      reply: RoomReply,
      token: owner.token,
    });
    expect(room.locked).toBe(true);
    ben.cut();
    expect((await ben.resume().welcome).payload.resumed).toBe(true);
    const inside = await (await owner.connect()).request('room:join', { roomId });
    expect(inside.payload).toMatchObject({ room: { id: roomId, locked: true } });
    const admin = await minted(stage, { sub: 'host', room: { id: roomId, admin: true } });
    expect(await join(await admin.connect(), roomId)).toBe('room:joined');
    expect(codeOf(await ann.request('room:lock', { locked: false }))).toBe('ack');
    expect(await join(late, roomId)).toBe('room:joined');
  });

  it('[RM6] asks a peer to stop sending a kind of media', async () => {
    const stage = await startStage();
    const { ann, owner, ben } = await party(stage);
    expect(codeOf(await ann.request('room:mute', { peerId: ben.peerId, kind: 'audio' }))).toBe('ack');
    const asked = { from: ann.peerId, fromUserId: owner.userId, kind: 'audio' };
    expect((await ben.next('room:mute')).payload).toEqual(asked);
    expect(codeOf(await ann.request('room:mute', { peerId: ben.peerId, kind: 'smell' }))).toBe(
      'invalid_message',
    );
  });

  it('[RM6][WS6] is told what is wrong with a request', async () => {
    const stage = await startStage();
    const { ann } = await party(stage);
    const bad = [
      ['room:kick', {}],
      ['room:kick', { peerId: 'ben' }],
      ['room:kick', { peerId: NOBODY, ban: 'yes' }],
      ['room:lock', {}],
      ['room:lock', { locked: 1 }],
      ['room:mute', { kind: 'audio' }],
      ['room:close', []],
    ] as const;
    for (const [event, payload] of bad)
      expect(codeOf(await ann.request(event, payload))).toBe('invalid_message');
    expect((await ann.request('room:mute', { all: false, kind: 'audio' })).payload).toEqual({
      code: 'invalid_message',
      message: '`payload.all` must be true or left out.',
    });
    expect(codeOf(await ann.request('typing', { typing: true }))).toBe('ack');
  });

  it('[RM6] is told of a lock and its end like everybody inside, with the whole room', async () => {
    const stage = await startStage();
    const { roomId, owner, ann, ben, cem } = await party(stage);
    for (const locked of [true, false]) {
      expect(codeOf(await ann.request('room:lock', { locked }))).toBe('ack');
      const known = await api(stage.server.url, `/rooms/${roomId}`, { reply: RoomReply, token: owner.token });
      expect(known.room).toMatchObject({ locked, participants: 3 });
      for (const each of [ann, ben, cem]) expect((await each.next('room:updated')).payload).toEqual(known);
    }
  });

  it('[RM6] closes a persistent room: everybody is put out, and may come back', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const service = await minted(stage, { sub: 'backend', role: 'service' });
    const { id: roomId } = await createRoom(stage.server.url, service.token, { persistent: true });
    const [host, ben] = [await service.inside(roomId), await (await stage.guest()).inside(roomId)];
    expect(codeOf(await host.request('room:close'))).toBe('ack');
    expect((await ben.closed).code).toBe(CLOSE.roomClosed);
    expect(await join(await ben.guest.connect(), roomId)).toBe('room:joined');
  });

  it('[RM6] closes any other room: the others are put out, and it is gone', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    expect(codeOf(await ann.request('room:close'))).toBe('ack');
    for (const each of [ben, cem]) expect((await each.closed).code).toBe(CLOSE.roomClosed);
    expect(codeOf(await ann.request('typing', { typing: true }))).toBe('not_in_room');
    expect(await join(ann, roomId)).toBe('room_not_found');
  });

  it('[RM6][TK4] is the owner, a token with `admin` for this room, or a service; nobody else', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, ben, cem } = await party(stage);
    const requests = [
      ['room:kick', { peerId: cem.peerId, ban: true }],
      ['room:lock', { locked: true }],
      ['room:mute', { peerId: cem.peerId, kind: 'video' }],
      ['room:close', {}],
    ] as const;
    for (const [event, payload] of requests)
      expect(codeOf(await ben.request(event, payload))).toBe('forbidden');
    const visitor = await minted(stage, { sub: 'visitor', room: { id: roomId } });
    expect(codeOf(await (await visitor.inside(roomId)).request('room:lock', { locked: true }))).toBe(
      'forbidden',
    );
    const admin = await minted(stage, { sub: 'admin', room: { id: roomId, admin: true } });
    expect(codeOf(await (await admin.inside(roomId)).request('room:lock', { locked: true }))).toBe('ack');
    const service = await minted(stage, { sub: 'backend', role: 'service' });
    expect(codeOf(await (await service.inside(roomId)).request('room:lock', { locked: false }))).toBe('ack');
    expect(await join(await stage.person(), roomId)).toBe('room:joined');
  });

  it('[RM4][RM6] reaches nobody outside the room, and can do nothing over WebSocket from outside', async () => {
    const stage = await startStage();
    const { ann, owner } = await party(stage);
    const stranger = await (await stage.guest('Zoe')).inside(await stage.room());
    const real = await ann.request('room:kick', { peerId: stranger.peerId, ban: true });
    const none = await ann.request('room:kick', { peerId: NOBODY, ban: true });
    expect([codeOf(real), real.payload]).toEqual(['peer_gone', none.payload]);
    expect(codeOf(await ann.request('room:mute', { peerId: stranger.peerId, kind: 'audio' }))).toBe(
      'peer_gone',
    );
    await stranger.settled();
    expect(stranger.events()).not.toContain('room:mute');
    const outside = await owner.connect();
    for (const event of ['room:lock', 'room:close'] as const) {
      expect(codeOf(await outside.request(event, { locked: true }))).toBe('not_in_room');
    }
    for (const ban of [true, false]) {
      expect(codeOf(await ann.request('room:kick', { peerId: ann.peerId, ban }))).toBe('forbidden');
    }
  });

  it('[RM6][TK4] can’t put the owner out', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, ann, owner } = await party(stage);
    const admin = await (await minted(stage, { sub: 'admin', room: { id: roomId, admin: true } })).inside(
      roomId,
    );
    for (const ban of [true, false]) {
      expect(codeOf(await admin.request('room:kick', { peerId: ann.peerId, ban }))).toBe('forbidden');
    }
    await ann.settled();
    const tab = await owner.inside(roomId);
    expect(codeOf(await ann.request('room:kick', { peerId: tab.peerId }))).toBe('ack');
    expect((await tab.closed).code).toBe(CLOSE.kicked);
  });

  it('[RM6] is obeyed across a restart: a ban and a lock hold', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const before = await startStage({ DATABASE_PATH, JWT_SECRET: SECRET });
    const { roomId, ann, ben } = await party(before);
    await ann.request('room:kick', { peerId: ben.peerId, ban: true });
    await ann.request('room:lock', { locked: true });
    await before.server.close();
    const after = await startStage({ DATABASE_PATH, JWT_SECRET: SECRET });
    const banned = await after.bearer(ben.guest.userId, ben.guest.token).connect();
    expect(await join(banned, roomId)).toBe('banned');
    expect(await join(await after.person(), roomId)).toBe('room_locked');
  });
});
