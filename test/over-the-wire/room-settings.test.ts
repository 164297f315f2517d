import { describe, expect, it } from 'vitest';
import { problemOf } from './people.ts';
import { CHANGES, RELAY, startRooms } from './room-stage.ts';
import { codeOf } from './stage.ts';

const NO_ROOM = '33333333-3333-4333-8333-333333333333';

describe('PATCH /rooms/:roomId', () => {
  it('sets every field, and what is left out stays', async () => {
    const stage = await startRooms(RELAY);
    const ann = await stage.external('ann');
    const before = await stage.create(ann);
    for (const [name, value] of Object.entries(CHANGES)) {
      const { room } = await stage.change(ann, before.id, { [name]: value, unknown: 1 });
      expect(room).toMatchObject({ [name]: value });
    }
    const { room } = await stage.read(ann, before.id);
    expect(room).toEqual({ ...before, ...CHANGES });
    expect((await stage.change(ann, before.id, {})).room).toEqual(room);
    const nothing = { name: null, notBefore: null, expiresAt: null, metadata: null };
    expect((await stage.change(ann, before.id, nothing)).room).toEqual({ ...room, ...nothing });
  });

  it('takes every field at creation, too', async () => {
    const stage = await startRooms(RELAY);
    const ann = await stage.external('ann');
    const room = await stage.create(ann, { ...CHANGES, password: 'open sesame' });
    expect(room).toMatchObject({ ...CHANGES, hasPassword: true, participants: 0 });
    expect((await stage.read(ann, room.id)).room).toEqual(room);
  });

  it('sets, changes and removes the password', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    const joins = async (password?: string) => {
      const person = await bob.connect();
      const code = codeOf(await person.request('room:join', { roomId: id, password }));
      await person.request('session:bye');
      return code;
    };
    const set = async (password: string | null) =>
      (await stage.change(ann, id, { password })).room.hasPassword;
    expect(await joins()).toBe('room:joined');
    expect([await set('open sesame'), await joins()]).toEqual([true, 'password_required']);
    expect(await joins('open sesame')).toBe('room:joined');
    expect([await set('close sesame'), await joins('open sesame')]).toEqual([true, 'wrong_password']);
    expect(await joins('close sesame')).toBe('room:joined');
    expect([await set(null), await joins()]).toEqual([false, 'room:joined']);
    const { room } = await stage.change(ann, id, { password: 'open sesame' });
    expect(JSON.stringify(room)).not.toContain('scrypt');
  });

  it('[HT2] names each wrong field, and changes nothing', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const { room, tag } = await stage.read(ann, id);
    for (const [body, paths] of [
      [{ name: '' }, ['name']],
      [{ name: 'x'.repeat(101) }, ['name']],
      [{ max: 1, emptySeconds: -1 }, ['max', 'emptySeconds']],
      [{ max: 51 }, ['max']],
      [{ max: null }, ['max']],
      [{ emptySeconds: 86_401 }, ['emptySeconds']],
      [{ password: 'short' }, ['password']],
      [{ chat: 'some' }, ['chat']],
      [{ locked: 'yes', listed: 1 }, ['locked', 'listed']],
      [{ notBefore: 'tomorrow' }, ['notBefore']],
      [{ expiresAt: 1_900_000_000_000 }, ['expiresAt']],
      [{ metadata: 'x'.repeat(4_095) }, ['metadata']],
    ] as const) {
      const response = await stage.set(ann, id, { ...body, unknown: 1 });
      const { code, errors } = await response.json();
      expect([response.status, code]).toEqual([400, 'validation_failed']);
      expect(new Set(errors.map(({ path }: { path: string }) => path))).toEqual(new Set(paths));
    }
    expect(await stage.read(ann, id)).toEqual({ room, tag });
    await stage.change(ann, id, { metadata: 'x'.repeat(4_094) });
  });

  it('is for hosts only, whether inside or not', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const [admin, service] = await Promise.all(
      ['admin', 'service'].map((role) => stage.external(role, { role })),
    );
    const { id } = await stage.create(ann);
    const inside = await bob.inside(id);
    expect(await problemOf(await stage.set(bob, id, { name: 'Mine' }))).toEqual([403, 'forbidden']);
    for (const host of [ann, admin, service]) {
      if (host !== undefined) await stage.change(host, id, { name: host.userId });
    }
    const told = [await inside.next('room:updated'), await inside.next('room:updated')];
    expect(told.map(({ payload }) => payload.room.name)).toEqual(['ann', 'admin']);
    expect(await problemOf(await stage.set(ann, NO_ROOM, {}))).toEqual([404, 'room_not_found']);
    expect(await problemOf(await stage.set(bob, '__proto__', {}))).toEqual([404, 'room_not_found']);
  });

  it('tells everybody inside of a change, once each, and of none that changes nothing', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann, { name: 'Tea' });
    const people = [await ann.inside(id), await bob.inside(id)];
    await stage.change(ann, id, { name: 'Tea', max: 8 });
    const { room } = await stage.change(ann, id, { metadata: { step: 2 } });
    await stage.change(ann, id, { metadata: { step: 2 } });
    for (const person of people) {
      await person.settled();
      const told = person.frames.filter(({ event }) => event === 'room:updated');
      expect(told).toEqual([{ event: 'room:updated', seq: expect.any(Number), payload: { room } }]);
    }
    expect(room.participants).toBe(2);
  });

  it('[RM6] `locked` keeps newcomers out as `room:lock` does, and hosts pass', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    await stage.change(ann, id, { locked: true });
    const outside = await bob.connect();
    expect(codeOf(await outside.request('room:join', { roomId: id }))).toBe('room_locked');
    const inside = await ann.inside(id);
    expect(codeOf(await inside.request('room:lock', { locked: false }))).toBe('ack');
    expect((await stage.read(ann, id)).room.locked).toBe(false);
    expect(codeOf(await outside.request('room:join', { roomId: id }))).toBe('room:joined');
  });

  it('[KN5] `waitingRoom` switched off lets those in who wait, in order while there is room, and more once there is', async () => {
    const stage = await startRooms();
    const people = await Promise.all([...'abcd'].map((sub) => stage.external(sub)));
    const [ann, ...others] = people;
    if (ann === undefined) throw new Error('nobody came');
    const { id } = await stage.create(ann, { waitingRoom: true, max: 3 });
    await ann.inside(id);
    const line = [];
    for (const user of others) {
      const person = await user.connect();
      expect(codeOf(await person.request('room:join', { roomId: id }))).toBe('knock:waiting');
      line.push(person);
    }
    const { room } = await stage.change(ann, id, { waitingRoom: false });
    expect(room.participants).toBe(3);
    const [first, second, third] = line;
    for (const person of [first, second]) await person?.next('room:joined');
    expect(third?.events()).not.toContain('room:joined');
    expect((await stage.change(ann, id, { max: 4 })).room.participants).toBe(4);
    await third?.next('room:joined');
  });

  it('[RM6] and everything else of a host is for whoever was made one, as long as that holds', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    const [owner, inside] = [await ann.inside(id), await bob.inside(id)];
    await owner.request('room:host', { peerId: inside.peerId, host: true });
    await inside.request('room:leave');
    expect((await stage.change(bob, id, { name: 'Tea' })).room.name).toBe('Tea');
    expect((await stage.ask('GET', `/rooms/${id}/calls`, bob.token)).status).toBe(200);
    await inside.request('room:join', { roomId: id });
    await owner.request('room:host', { peerId: inside.peerId, host: false });
    expect(await problemOf(await stage.set(bob, id, { name: 'Mine' }))).toEqual([403, 'forbidden']);
    for (const [method, path] of [
      ['GET', '/calls'],
      ['DELETE', ''],
    ] as const) {
      const refused = await stage.ask(method, `/rooms/${id}${path}`, bob.token);
      expect(await problemOf(refused)).toEqual([403, 'forbidden']);
    }
  });

  it('keeps those inside when `max` falls below their number', async () => {
    const stage = await startRooms();
    const people = await Promise.all(['ann', 'bob', 'cem', 'dan'].map((sub) => stage.external(sub)));
    const [ann, bob, cem, dan] = people;
    if (!ann || !bob || !cem || !dan) throw new Error('nobody came');
    const { id } = await stage.create(ann);
    const inside = [await ann.inside(id), await bob.inside(id), await cem.inside(id)];
    expect((await stage.change(ann, id, { max: 2 })).room.participants).toBe(3);
    const late = await dan.connect();
    expect(codeOf(await late.request('room:join', { roomId: id }))).toBe('room_full');
    await stage.change(ann, id, { max: 4 });
    expect(codeOf(await late.request('room:join', { roomId: id }))).toBe('room:joined');
    for (const person of inside) await person.settled();
  });

  it('[RM5] `persistent` and `listed` are not for guests, who may keep and drop them', async () => {
    const stage = await startRooms();
    const [visitor, admin] = [await stage.guest(), await stage.external('admin', { role: 'admin' })];
    const { id } = await stage.create(visitor);
    for (const name of ['persistent', 'listed']) {
      expect(await problemOf(await stage.set(visitor, id, { [name]: true }))).toEqual([403, 'forbidden']);
      await stage.change(admin, id, { [name]: true });
      await stage.change(visitor, id, { [name]: true, name: 'Kept' });
      expect((await stage.change(visitor, id, { [name]: false })).room).toMatchObject({ [name]: false });
    }
  });

  it('`relayOnly` is 409 `no_relay` on a server without one, at creation too', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann, { relayOnly: false });
    expect(await problemOf(await stage.set(ann, id, { relayOnly: true }))).toEqual([409, 'no_relay']);
    const created = await stage.ask('POST', '/rooms', ann.token, { relayOnly: true });
    expect(await problemOf(created)).toEqual([409, 'no_relay']);
    expect((await stage.read(ann, id)).room.relayOnly).toBe(false);
  });
});
