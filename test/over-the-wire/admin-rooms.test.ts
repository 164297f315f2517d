import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { LiveRoomsReply } from '../../src/protocol/admin-bodies.ts';
import { startServer } from '../support/server/server.ts';
import { type AdminStage, startAdmins } from './admins.ts';
import { codeOf } from './stage.ts';

const CURSORS = [
  'x',
  Buffer.from('["live","now"]').toString('base64url'),
  Buffer.from('[1]').toString('base64url'),
];

describe('GET /admin/rooms', () => {
  it('[AD2] lists the rooms with somebody inside, who that is, and since when', async () => {
    const stage = await startAdmins();
    const { room, guest } = stage;
    const [full, empty] = [await room({ name: 'Tea' }), await room()];
    const before = Date.now();
    const ben = await (await guest('Ben')).inside(full);
    const zoe = await (await guest('Zoe')).inside(full);
    const [tea, ...others] = await list(stage);
    expect(others).toEqual([]);
    expect(tea?.room).toMatchObject({ id: full, name: 'Tea', participants: 2, hasPassword: false });
    const about = (person: typeof ben, displayName: string, state = 'live') => ({
      peerId: person.peerId,
      userId: person.guest.userId,
      displayName,
      state,
      since: expect.any(String),
      path: null,
    });
    expect(tea?.peers).toEqual([about(ben, 'Ben'), about(zoe, 'Zoe')]);
    const times = [tea?.since, ...(tea?.peers ?? []).map(({ since }) => since)].map((at) =>
      Date.parse(at ?? ''),
    );
    expect(Math.min(...times)).toBeGreaterThanOrEqual(before);
    expect(times[0]).toBe(times[1]);
    ben.cut();
    await expect.poll(async () => (await list(stage))[0]?.peers[0]?.state).toBe('suspended');
    for (const person of [ben, zoe])
      await stage.act('DELETE', `/rooms/${full}/participants/${person.peerId}`);
    expect(await list(stage)).toEqual([]);
    expect(empty).not.toBe(full);
  });

  it('[AD2] tells how the media of each peer gets through, as clients report it', async () => {
    const stage = await startAdmins();
    const here = await stage.room();
    const people = [];
    for (const name of ['Ben', 'Zoe', 'Max']) people.push(await (await stage.guest(name)).inside(here));
    const [ben, zoe, max] = people;
    if (ben === undefined || zoe === undefined || max === undefined) throw new Error('somebody is missing');
    for (const [from, to] of [
      [ben, zoe],
      [zoe, max],
    ] as const) {
      await from.request('call:offer', { to: to.peerId, sdp: 'v=0' });
    }
    await ben.request('call:path', { to: zoe.peerId, path: 'direct' });
    await zoe.request('call:path', { to: ben.peerId, path: 'direct' });
    await max.request('call:path', { to: zoe.peerId, path: 'relayed' });
    const [tea] = await list(stage);
    expect(tea?.peers.map(({ path }) => path)).toEqual(['direct', 'relayed', 'relayed']);
  });

  it('[HT4][AD2] comes in pages, in the order in which rooms opened, whichever close meanwhile', async () => {
    const stage = await startAdmins();
    const rooms: string[] = [];
    const people = [];
    for (let n = 0; n < 5; n += 1) {
      const id = await stage.room();
      rooms.push(id);
      people.push(await (await stage.guest()).inside(id));
    }
    expect((await list(stage)).map(({ room }) => room.id)).toEqual(rooms);
    const first = await page(stage, 'limit=2');
    expect(first.items.map(({ room }) => room.id)).toEqual(rooms.slice(0, 2));
    for (const person of people.slice(0, 3)) await person.request('room:leave', {});
    const second = await page(stage, `limit=2&after=${first.nextCursor}`);
    expect(second.items.map(({ room }) => room.id)).toEqual(rooms.slice(3));
    expect(second.nextCursor).toBeNull();
    for (const cursor of [...CURSORS, 'x'.repeat(4_097)]) {
      expect(await stage.act('GET', `/admin/rooms?after=${cursor}`), cursor).toEqual([
        400,
        'validation_failed',
      ]);
    }
    for (const limit of ['0', '101', '1e9', '-1', '']) {
      expect(await stage.act('GET', `/admin/rooms?limit=${limit}`)).toEqual([400, 'validation_failed']);
    }
  });

  it('[AD2] tells the same times after a restart', async () => {
    const stage = await startAdmins();
    const here = await stage.room();
    await (await stage.guest()).inside(here);
    const [before] = await list(stage);
    await stage.server.drain();
    const { databasePath } = stage.server.config;
    const next = await startServer({
      DATABASE_PATH: databasePath,
      JWT_SECRET: String(stage.server.config.jwtSecret),
    });
    const reply = await fetch(`${next.url}/admin/rooms`, {
      headers: { Authorization: `Bearer ${stage.admin.token}` },
    });
    const { items } = v.parse(LiveRoomsReply, await reply.json());
    expect(items).toMatchObject([
      { since: before?.since, peers: [{ since: before?.peers[0]?.since, state: 'suspended' }] },
    ]);
    await next.close();
  });
});

describe('DELETE /rooms/:roomId/participants/:peerId', () => {
  it('[RM6] puts a peer out, who may come back, unless it is banned', async () => {
    const { act, room, guest } = await startAdmins();
    const here = await room();
    const ben = await guest('Ben');
    const inside = await ben.inside(here);
    expect(await act('DELETE', `/rooms/${here}/participants/${inside.peerId}`)).toEqual([204, '']);
    expect(await inside.closed).toMatchObject({ code: 4003, reason: 'kicked' });
    const again = await ben.inside(here);
    const path = `/rooms/${here}/participants/${again.peerId}`;
    expect(await act('DELETE', `${path}?ban=yes`)).toEqual([400, 'validation_failed']);
    expect(await act('DELETE', `${path}?ban=true`)).toEqual([204, '']);
    expect(await again.closed).toMatchObject({ code: 4004, reason: 'banned' });
    const back = await ben.connect();
    expect(codeOf(await back.request('room:join', { roomId: here }))).toBe('banned');
    expect(await act('DELETE', `${path}?ban=true`)).toEqual([409, 'peer_gone']);
  });

  it('[RM6] is for hosts: others inside get 403, and nobody puts the owner out', async () => {
    const { act, external, guest } = await startAdmins();
    const owner = await external('owner');
    const [, made] = await act('POST', '/rooms', {}, owner.token);
    const { room } = v.parse(v.object({ room: v.object({ id: v.string() }) }), made);
    const host = await owner.inside(room.id);
    const pupil = await guest('Ben');
    const inside = await pupil.inside(room.id);
    const path = (peerId: string) => `/rooms/${room.id}/participants/${peerId}`;
    expect(await act('DELETE', path(host.peerId), undefined, pupil.token)).toEqual([403, 'forbidden']);
    expect(await act('DELETE', path(inside.peerId), undefined, pupil.token)).toEqual([403, 'forbidden']);
    expect(await act('DELETE', path(host.peerId))).toEqual([403, 'forbidden']);
    expect(await act('DELETE', path(inside.peerId), undefined, owner.token)).toEqual([204, '']);
  });

  it('[RM3] gives one reason to those inside if a peer leaves while it is put out', async () => {
    const { act, room, guest } = await startAdmins();
    const here = await room();
    const witness = await (await guest('Zoe')).inside(here);
    for (let n = 0; n < 10; n += 1) {
      const ben = await (await guest('Ben')).inside(here);
      const kick = act('DELETE', `/rooms/${here}/participants/${ben.peerId}`);
      ben.send('room:leave', {}, 9);
      const [status] = await kick;
      expect([204, 409]).toContain(status);
      const left = await witness.next('peer:left');
      expect(left.payload.peerId).toBe(ben.peerId);
      expect(['kicked', 'left']).toContain(left.payload.reason);
      ben.cut();
    }
    expect((await witness.request('ping', {})).event).toBe('pong');
  });
});

function page(stage: AdminStage, query: string) {
  return stage.act('GET', `/admin/rooms?${query}`).then(([, body]) => v.parse(LiveRoomsReply, body));
}

async function list(stage: AdminStage) {
  return (await page(stage, '')).items;
}
