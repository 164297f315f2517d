import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { BansReply } from '../../src/protocol/host-bodies.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import type { RawFrame } from '../support/server/ws-client.ts';
import { ask, join, makeHost, minted, party, refusalOf } from './hosting.ts';
import { codeOf, startStage } from './stage.ts';

const NOBODY = '99999999-9999-4999-8999-999999999999';
const SHARED = { JWT_SECRET: SECRET };

describe('a host whom a host has made', () => {
  it('[RM6] is told to everybody, and runs the room from then on', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    expect(codeOf(await ben.request('room:lock', { locked: true }))).toBe('forbidden');
    expect(await makeHost(ann, ben)).toBe('ack');
    for (const each of [ann, ben, cem]) {
      expect((await each.next('peer:host')).payload).toEqual({ peerId: ben.peerId, host: true });
    }
    expect(codeOf(await ben.request('room:lock', { locked: true }))).toBe('ack');
    expect(codeOf(await ben.request('room:mute', { peerId: cem.peerId, kind: 'audio' }))).toBe('ack');
    expect(codeOf(await ben.request('room:kick', { peerId: cem.peerId, ban: true }))).toBe('ack');
    expect((await cem.closed).code).toBe(CLOSE.banned);
    const { items } = await api(stage.server.url, `/rooms/${roomId}/bans`, {
      reply: BansReply,
      token: ben.guest.token,
    });
    expect(items).toEqual([{ userId: cem.guest.userId, displayName: 'Cem', at: expect.any(String) }]);
    expect(codeOf(await ben.request('room:close'))).toBe('ack');
    expect((await ann.closed).code).toBe(CLOSE.roomClosed);
  });

  it('[RM6] is one in all tabs and after coming back, without password and in spite of the lock', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage, { password: 'correct horse' });
    const tab = await ben.guest.connect();
    expect(await join(tab, roomId, { password: 'correct horse' })).toBe('room:joined');
    await makeHost(ann, ben);
    expect((await cem.next('peer:host')).payload.peerId).toBe(ben.peerId);
    expect((await cem.next('peer:host')).payload.peerId).toBe(tab.peerId);
    expect(codeOf(await tab.request('room:lock', { locked: true }))).toBe('ack');
    for (const each of [ben, tab]) await each.request('room:leave');
    const back = await (await ben.guest.connect()).request('room:join', { roomId });
    expect(back.payload).toMatchObject({ you: { host: true }, room: { locked: true } });
    expect(await join(await stage.person(), roomId)).toBe('room_locked');
  });

  it('[RM6] is a host again after a lost line, and after a restart', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const before = await startStage({ DATABASE_PATH, ...SHARED });
    const { roomId, ann, ben, cem } = await party(before);
    await makeHost(ann, ben);
    ben.cut();
    await ann.next('peer:suspended');
    const resumed = ben.resume();
    expect((await resumed.welcome).payload.resumed).toBe(true);
    expect(codeOf(await resumed.request('room:mute', { peerId: cem.peerId, kind: 'video' }))).toBe('ack');
    await resumed.request('room:leave');
    await before.server.close();
    const after = await startStage({ DATABASE_PATH, ...SHARED });
    const back = await after.bearer(ben.guest.userId, ben.guest.token).connect();
    const { payload } = await back.request('room:join', { roomId });
    expect(payload).toMatchObject({ you: { host: true, send: ['audio', 'video', 'screen', 'chat'] } });
  });

  it('[RM6] can be demoted, kicked and banned by another host, and demote itself', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    for (const each of [ben, cem]) await makeHost(ann, each);
    expect(await makeHost(ben, cem, false)).toBe('ack');
    expect(
      (await ann.next('peer:host', ({ payload }) => /false/.test(JSON.stringify(payload)))).payload,
    ).toEqual({
      peerId: cem.peerId,
      host: false,
    });
    expect(await makeHost(cem, ben, false)).toBe('forbidden');
    expect(await makeHost(ben, ben, false)).toBe('ack');
    expect(await makeHost(ben, ben)).toBe('forbidden');
    await makeHost(ann, ben);
    await makeHost(ann, cem);
    expect(codeOf(await cem.request('room:kick', { peerId: ben.peerId, ban: true }))).toBe('ack');
    const banned = await ask(stage, 'DELETE', `/rooms/${roomId}/bans/${ben.guest.userId}`, ben.guest);
    expect(await refusalOf(banned)).toEqual([403, 'forbidden']);
    const lifted = await ask(stage, 'DELETE', `/rooms/${roomId}/bans/${ben.guest.userId}`, cem.guest);
    expect(lifted.status).toBe(204);
    const { payload } = await (await ben.guest.connect()).request('room:join', { roomId });
    expect(payload).toMatchObject({ you: { host: false } });
  });

  it('[RM6] can neither demote nor put out the owner, nor demote services and admins', async () => {
    const stage = await startStage(SHARED);
    const { roomId, ann, ben } = await party(stage);
    await makeHost(ann, ben);
    const service = await (await minted(stage, { sub: 'backend', role: 'service' })).inside(roomId);
    for (const each of [ann, service]) expect(await makeHost(ben, each, false)).toBe('forbidden');
    for (const ban of [true, false]) {
      expect(codeOf(await ben.request('room:kick', { peerId: ann.peerId, ban }))).toBe('forbidden');
    }
    const path = `/rooms/${roomId}/participants/${ann.peerId}`;
    const both = await ask(stage, 'PATCH', path, ben.guest, { host: false, send: [] });
    expect(await refusalOf(both)).toEqual([403, 'forbidden']);
    await ann.settled();
    expect(ann.events()).not.toContain('peer:send');
    expect(codeOf(await ann.request('room:lock', { locked: true }))).toBe('ack');
  });

  it('[RM6] is refused by those who run nothing, and for peers who are not there', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    expect(await makeHost(ben, cem)).toBe('forbidden');
    expect(codeOf(await ben.request('room:send', { peerId: cem.peerId, send: [] }))).toBe('forbidden');
    const stranger = await (await stage.guest()).inside(await stage.room());
    for (const peerId of [NOBODY, stranger.peerId]) {
      for (const [event, more] of [
        ['room:host', { host: true }],
        ['room:send', { send: [] }],
      ] as const) {
        expect(codeOf(await ann.request(event, { peerId, ...more }))).toBe('peer_gone');
      }
      const path = `/rooms/${roomId}/participants/${peerId}`;
      expect(await refusalOf(await ask(stage, 'PATCH', path, ann.guest, { host: true }))).toEqual([
        409,
        'peer_gone',
      ]);
    }
    expect(codeOf(await (await stage.person()).request('room:host', { peerId: NOBODY, host: true }))).toBe(
      'not_in_room',
    );
  });

  it('[RM6][WS6] is refused if the request is malformed', async () => {
    const stage = await startStage();
    const { ann, ben } = await party(stage);
    const { peerId } = ben;
    for (const [event, payload] of [
      ['room:host', { peerId }],
      ['room:host', { peerId, host: 'yes' }],
      ['room:send', { peerId }],
      ['room:send', { peerId, send: ['smell'] }],
      ['room:send', { peerId, send: 'audio' }],
      ['room:mute', { kind: 'audio' }],
      ['room:mute', { all: false, kind: 'audio' }],
      ['room:mute', { peerId, all: true, kind: 'audio' }],
    ] as const) {
      expect([event, payload, codeOf(await ann.request(event, payload))]).toEqual([
        event,
        payload,
        'invalid_message',
      ]);
    }
  });
});

describe('what a peer may send', () => {
  it('[RM6] is told to everybody, and hangs on the user until a host changes it', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    const send = ['audio', 'chat'];
    expect(
      codeOf(await ann.request('room:send', { peerId: ben.peerId, send: ['chat', 'audio', 'chat'] })),
    ).toBe('ack');
    for (const each of [ann, ben, cem]) {
      expect((await each.next('peer:send')).payload).toEqual({ peerId: ben.peerId, send });
    }
    await ben.request('room:leave');
    const back = await ben.guest.connect();
    expect((await back.request('room:join', { roomId })).payload).toMatchObject({
      you: { host: false, send },
    });
    expect((await cem.next('peer:joined')).payload.peer.send).toEqual(send);
    const path = `/rooms/${roomId}/participants/${back.peerId}`;
    const all = ['audio', 'video', 'screen', 'chat'];
    const reply = await ask(stage, 'PATCH', path, ann.guest, { send: all, host: true });
    expect(await reply.json()).toMatchObject({ participant: { peerId: back.peerId, send: all, host: true } });
    expect((await cem.next('peer:send')).payload).toEqual({ peerId: back.peerId, send: all });
    expect((await cem.next('peer:host')).payload).toEqual({ peerId: back.peerId, host: true });
    const same = await ask(stage, 'PATCH', path, ann.guest, {});
    expect(await same.json()).toMatchObject({ participant: { host: true } });
  });

  it('[TK4] is what its token says, until a host says otherwise', async () => {
    const stage = await startStage(SHARED);
    const { roomId, ann } = await party(stage);
    const zoe = await minted(stage, { sub: 'zoe', room: { id: roomId, name: 'Zoe Z.', send: ['chat'] } });
    const person = await zoe.connect();
    expect((await person.request('room:join', { roomId })).payload).toMatchObject({
      you: { send: ['chat'] },
    });
    const isZoe = (frame: RawFrame) => JSON.stringify(frame).includes('zoe');
    expect((await ann.next('peer:joined', isZoe)).payload.peer).toMatchObject({
      displayName: 'Zoe Z.',
      send: ['chat'],
    });
    await ann.request('room:send', { peerId: person.peerId, send: ['audio'] });
    await person.request('room:leave');
    expect((await person.request('room:join', { roomId })).payload).toMatchObject({
      you: { send: ['audio'] },
    });
  });

  it('[RM6][TK4] follows a new token at once, and so does the host right', async () => {
    const stage = await startStage(SHARED);
    const { roomId, ann } = await party(stage);
    const claims = { sub: 'zoe', room: { id: roomId } };
    const person = await (await minted(stage, claims)).inside(roomId);
    const room = { id: roomId, admin: true, send: ['video' as const] };
    const { token } = await minted(stage, { sub: 'zoe', room });
    expect(codeOf(await person.request('session:token', { token }))).toBe('ack');
    expect((await ann.next('peer:host')).payload).toEqual({ peerId: person.peerId, host: true });
    expect((await ann.next('peer:send')).payload).toEqual({ peerId: person.peerId, send: ['video'] });
    expect(codeOf(await person.request('room:lock', { locked: true }))).toBe('ack');
    expect(await makeHost(ann, person, false)).toBe('ack');
    expect(codeOf(await person.request('room:lock', { locked: false }))).toBe('forbidden');
    const zoe = stage.bearer('zoe', token);
    expect(await refusalOf(await ask(stage, 'GET', `/rooms/${roomId}/bans`, zoe))).toEqual([
      403,
      'forbidden',
    ]);
    await person.request('room:leave');
    expect(await join(person, roomId)).toBe('room_locked');
  });

  it('[RM6] is told in order after a resume with another token', async () => {
    const stage = await startStage(SHARED);
    const { roomId, ann } = await party(stage);
    const person = await (await minted(stage, { sub: 'zoe', room: { id: roomId } })).inside(roomId);
    const { lastSeq, welcomed } = person;
    person.cut();
    await ann.next('peer:suspended');
    await ann.request('typing', { typing: true });
    const admin = await minted(stage, { sub: 'zoe', room: { id: roomId, admin: true } });
    const back = await admin.connect({ resume: { token: welcomed.resumeToken, lastSeq } });
    expect(back.welcomed.resumed).toBe(true);
    expect((await back.next('peer:host')).payload).toEqual({ peerId: person.peerId, host: true });
    expect(back.events().slice(0, 3)).toEqual(['welcome', 'peer:typing', 'peer:host']);
    expect(back.frames.slice(1, 3).map(({ seq }) => seq)).toEqual([lastSeq + 1, lastSeq + 2]);
    expect((await ann.next('peer:host')).payload.host).toBe(true);
  });
});

describe('muting all', () => {
  it('[RM6] asks everybody but the host who asks', async () => {
    const stage = await startStage();
    const { ann, ben, cem, owner } = await party(stage);
    expect(codeOf(await ann.request('room:mute', { all: true, kind: 'audio' }))).toBe('ack');
    for (const each of [ben, cem]) {
      const asked = { from: ann.peerId, fromUserId: owner.userId, kind: 'audio' };
      expect((await each.next('room:mute')).payload).toEqual(asked);
    }
    await ann.settled();
    expect(ann.events()).not.toContain('room:mute');
    expect(codeOf(await ben.request('room:mute', { all: true, kind: 'audio' }))).toBe('forbidden');
  });
});

describe('bans', () => {
  it('[RM6] are listed for hosts, oldest first, and lifted', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, cem } = await party(stage);
    const path = `/rooms/${roomId}/bans`;
    for (const each of [ben, cem]) {
      await ann.request('room:kick', { peerId: each.peerId, ban: true });
      await each.closed;
    }
    const list = () => api(stage.server.url, path, { reply: BansReply, token: ann.guest.token });
    expect((await list()).items.map(({ userId }) => userId)).toEqual([ben.guest.userId, cem.guest.userId]);
    const dan = await stage.guest('Dan');
    expect(await refusalOf(await ask(stage, 'GET', path, dan))).toEqual([403, 'forbidden']);
    expect(await refusalOf(await ask(stage, 'DELETE', `${path}/${ben.guest.userId}`, dan))).toEqual([
      403,
      'forbidden',
    ]);
    expect((await ask(stage, 'DELETE', `${path}/${ben.guest.userId}`, ann.guest)).status).toBe(204);
    const again = await ask(stage, 'DELETE', `${path}/${ben.guest.userId}`, ann.guest);
    expect(await refusalOf(again)).toEqual([404, 'not_found']);
    expect((await list()).items.map(({ userId }) => userId)).toEqual([cem.guest.userId]);
    expect(await join(await ben.guest.connect(), roomId)).toBe('room:joined');
    expect(await join(await cem.guest.connect(), roomId)).toBe('banned');
  });
});

describe('a room without a host', () => {
  it('[RM6] makes nobody else its host, and has one again when one comes back', async () => {
    const stage = await startStage();
    const { roomId, owner, ann, ben, cem } = await party(stage);
    await ann.request('session:bye');
    await ben.next('peer:left');
    for (const each of [ben, cem]) {
      expect(codeOf(await each.request('room:lock', { locked: true }))).toBe('forbidden');
      expect(each.events()).not.toContain('peer:host');
    }
    const back = await owner.inside(roomId);
    expect(await makeHost(back, ben)).toBe('ack');
  });
});
