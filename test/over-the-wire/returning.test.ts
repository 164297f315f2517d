import { describe, expect, it } from 'vitest';
import { createRoom } from '../support/server/api.ts';
import { codeOf, startStage } from './stage.ts';

describe('a page that is reloaded before the server misses its old connection', () => {
  it('[RM8] rejoins at once a room that is full, locked and has a password', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const password = 'open sesame';
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { password, max: 3 });
    const guests = [owner, await stage.guest('Ben'), await stage.guest('Cem')];
    const [ann, ben, cem] = await Promise.all(guests.map((guest) => guest.connect()));
    if (ann === undefined || ben === undefined || cem === undefined) throw new Error('nobody came');
    for (const person of [ann, ben, cem])
      expect(codeOf(await person.request('room:join', { roomId, password }))).toBe('room:joined');
    await ann.request('room:lock', { locked: true });
    ben.cut();
    await ann.next('peer:suspended');
    const back = await ben.guest.connect();
    const joined = await back.request('room:join', { roomId });
    expect(joined.payload).toMatchObject({
      room: { participants: 3, locked: true },
      peers: [{ peerId: ann.peerId }, { peerId: cem.peerId }],
    });
    for (const other of [ann, cem]) {
      const left = await other.next('peer:left');
      const came = await other.next('peer:joined', ({ payload }) =>
        JSON.stringify(payload).includes(back.peerId),
      );
      expect(left.payload).toEqual({ peerId: ben.peerId, reason: 'replaced' });
      expect(left.seq).toBeLessThan(came.seq ?? 0);
    }
    const late = ben.resume();
    expect((await late.welcome).payload.resumed).toBe(false);
    expect(codeOf(await (await stage.person()).request('room:join', { roomId, password }))).toBe(
      'room_locked',
    );
  });

  it('[RM8][RM6] stays out if its user was banned', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token);
    const [ann, ben] = [await owner.inside(roomId), await (await stage.guest('Ben')).inside(roomId)];
    ben.cut();
    await ann.next('peer:suspended');
    await ann.request('room:kick', { peerId: ben.peerId, ban: true });
    const back = await ben.guest.connect();
    expect(codeOf(await back.request('room:join', { roomId }))).toBe('banned');
  });
});
