import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { startRooms } from './room-stage.ts';
import { codeOf } from './stage.ts';

const DAY_MS = 86_400_000;
const at = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('the times of a room', () => {
  it('[RM1] keep everybody out who is new: `room_not_open`, over HTTP too, hosts included', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    for (const times of [{ notBefore: at(DAY_MS) }, { expiresAt: at(-DAY_MS) }]) {
      const { id } = await stage.create(ann, { password: 'open sesame', locked: true, ...times });
      for (const user of [ann, bob]) {
        const person = await user.connect();
        expect(codeOf(await person.request('room:join', { roomId: id }))).toBe('room_not_open');
        await person.request('session:bye');
        const page = await stage.get(`/connect/${id}`, user.token, { Accept: 'application/json' });
        expect([page.status, (await page.json()).code]).toEqual([403, 'room_not_open']);
      }
      await stage.change(ann, id, { notBefore: null, expiresAt: null, locked: false, password: null });
      expect((await bob.inside(id)).lastSeq).toBeGreaterThan(0);
    }
  });

  it('[RM8] leave those inside there, who come back in their own place', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    const [inside, lost] = [await ann.inside(id), await bob.inside(id)];
    await stage.change(ann, id, { expiresAt: at(-DAY_MS) });
    lost.cut();
    await inside.next('peer:suspended');
    const back = await bob.connect();
    expect(codeOf(await back.request('room:join', { roomId: id }))).toBe('room:joined');
    expect((await inside.next('peer:left')).payload.reason).toBe('replaced');
  });

  it('end the room for all inside at `expiresAt` with `endAtExpiry`: the room stays', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann, { expiresAt: at(2_500), endAtExpiry: true });
    const staying = await stage.create(ann, { expiresAt: at(2_500) });
    const people = [await ann.inside(id), await bob.inside(id)];
    const untouched = await ann.inside(staying.id);
    for (const person of people) {
      expect(await person.closed).toEqual({ code: CLOSE.roomClosed, reason: 'room_closed' });
    }
    await untouched.settled();
    const { room } = await stage.read(ann, id);
    expect(room).toMatchObject({ participants: 0 });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(room.expiresAt ?? ''));
    const late = await bob.connect();
    expect(codeOf(await late.request('room:join', { roomId: id }))).toBe('room_not_open');
  });

  it('[KN5] end the knocks at `expiresAt`, while those inside stay', async () => {
    const stage = await startRooms();
    const [ann, bob, cem] = [
      await stage.external('ann'),
      await stage.external('bob'),
      await stage.external('cem'),
    ];
    const { id } = await stage.create(ann, { expiresAt: at(2_000), waitingRoom: true });
    const [host, person] = [await ann.inside(id), await bob.connect()];
    expect(codeOf(await person.request('room:join', { roomId: id }))).toBe('knock:waiting');
    const join = () => stage.ask('POST', `/rooms/${id}/join`, cem.token, {});
    expect((await join()).status).toBe(202);
    const { payload } = await person.next('error');
    const { room } = await stage.read(ann, id);
    const message = `This room took its last newcomers at ${room.expiresAt}. Ask a host for another time.`;
    expect(payload).toEqual({ code: 'room_not_open', message });
    const refused = await join();
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'room_not_open', detail: message },
    ]);
    await host.settled();
    expect(host.frames.findLast(({ event }) => event === 'room:knocks')?.payload).toEqual({ items: [] });
    expect((await person.request('room:leave')).payload).toMatchObject({ code: 'not_in_room' });
  });

  it('end it at once if a change makes it over, and not if the end was put off', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann, { expiresAt: at(1_500), endAtExpiry: true });
    const inside = await bob.inside(id);
    const { room } = await stage.change(ann, id, { expiresAt: at(DAY_MS) });
    expect(room.endAtExpiry).toBe(true);
    const other = await stage.create(ann, { expiresAt: at(1_600), endAtExpiry: true });
    const witness = await ann.inside(other.id);
    await witness.closed;
    await inside.settled();
    const reply = await stage.change(ann, id, { expiresAt: at(-1_000) });
    expect(reply.room.participants).toBe(0);
    expect((await inside.closed).code).toBe(CLOSE.roomClosed);
  });
});

describe('`persistent`', () => {
  it('[RM5] switched off, lets the room go `emptySeconds` after the last one left', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann, { persistent: true, emptySeconds: 0 });
    const inside = await ann.inside(id);
    await stage.change(ann, id, { persistent: false });
    await inside.request('room:leave');
    const gone = await stage.get(`/rooms/${id}`, ann.token);
    expect(gone.status).toBe(404);
  });

  it('[RM5] switched on, keeps a room that would go', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann, { emptySeconds: 0 });
    const inside = await ann.inside(id);
    await stage.change(ann, id, { persistent: true });
    await inside.request('room:leave');
    expect((await stage.read(ann, id)).room).toMatchObject({ persistent: true, participants: 0 });
  });
});
