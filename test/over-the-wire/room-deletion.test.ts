import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { problemOf } from './people.ts';
import { startRooms } from './room-stage.ts';
import { codeOf } from './stage.ts';

describe('DELETE /rooms/:roomId', () => {
  it('puts everybody out and counts peers, suspended ones too', async () => {
    const stage = await startRooms();
    const [ann, bob, cem] = [
      await stage.external('ann'),
      await stage.external('bob'),
      await stage.external('cem'),
    ];
    const { id } = await stage.create(ann, { persistent: true });
    const [inside, lost] = [await ann.inside(id), await bob.inside(id)];
    const tab = await bob.inside(id);
    lost.cut();
    await inside.next('peer:suspended');
    expect(await problemOf(await stage.ask('DELETE', `/rooms/${id}`, cem.token))).toEqual([403, 'forbidden']);
    const deleted = await stage.ask('DELETE', `/rooms/${id}`, ann.token);
    expect([deleted.status, await deleted.json()]).toEqual([200, { count: 3 }]);
    for (const person of [inside, tab]) {
      expect(await person.closed).toEqual({ code: CLOSE.roomClosed, reason: 'room_closed' });
    }
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/calls'],
    ]) {
      const gone = await stage.ask(
        method ?? '',
        `/rooms/${id}${path}`,
        ann.token,
        method === 'PATCH' ? {} : undefined,
      );
      expect(await problemOf(gone)).toEqual([404, 'room_not_found']);
    }
    const late = await cem.connect();
    expect(codeOf(await late.request('room:join', { roomId: id }))).toBe('room_not_found');
    const resumed = lost.resume();
    expect((await resumed.welcome).payload.resumed).toBe(false);
  });

  it('tells one of several who delete it at once how many were inside, and all others that it has gone', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    await ann.inside(id);
    const replies = await Promise.all([1, 2, 3, 4].map(() => stage.ask('DELETE', `/rooms/${id}`, ann.token)));
    const bodies = await Promise.all(replies.map((reply) => reply.json()));
    expect(bodies.filter(({ count }) => count === 1)).toHaveLength(1);
    expect(bodies.filter(({ code }) => code === 'room_not_found')).toHaveLength(3);
  });

  it('lets nobody in who comes at the same time', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const people = await Promise.all([...'bcdefg'].map(async (sub) => (await stage.external(sub)).connect()));
    const { id } = await stage.create(ann);
    const joins = people.map((person) => person.request('room:join', { roomId: id }));
    const deleted = await stage.ask('DELETE', `/rooms/${id}`, ann.token);
    const { count } = await deleted.json();
    const codes = (await Promise.all(joins)).map(codeOf);
    expect(codes.filter((code) => code === 'room:joined')).toHaveLength(count);
    for (const [index, person] of people.entries()) {
      if (codes[index] === 'room:joined') expect((await person.closed).code).toBe(CLOSE.roomClosed);
      else expect(codes[index]).toBe('room_not_found');
    }
  });
});
