import { describe, expect, it } from 'vitest';
import { CallsReply, type PastCall } from '../../src/protocol/room-bodies.ts';
import { api } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { problemOf } from './people.ts';
import { type RoomStage, startRooms } from './room-stage.ts';
import type { Guest } from './stage.ts';

function callsOf(stage: RoomStage, { token }: Guest, roomId: string): Promise<PastCall[]> {
  return api(stage.server.url, `/rooms/${roomId}/calls`, { reply: CallsReply, token }).then(
    ({ items }) => items,
  );
}

describe('GET /rooms/:roomId/calls', () => {
  it('shows hosts each call from two inside to fewer, the newest first, one entry per user', async () => {
    const stage = await startRooms();
    const [ann, bob, cem] = [
      await stage.external('ann', { name: 'Ann' }),
      await stage.external('bob', { name: 'Bob' }),
      await stage.external('cem'),
    ];
    const { id } = await stage.create(ann);
    const alone = await ann.inside(id);
    expect(await callsOf(stage, ann, id)).toEqual([]);
    const [second, tab, third] = [await bob.inside(id), await bob.inside(id), await cem.inside(id)];
    await third.request('room:leave');
    await third.request('room:join', { roomId: id });
    expect(await callsOf(stage, ann, id)).toEqual([]);
    for (const person of [third, second]) await person.request('room:leave');
    expect(await callsOf(stage, ann, id)).toEqual([]);
    await tab.request('room:leave');
    const [first, ...others] = await callsOf(stage, ann, id);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ id: expect.any(String), peak: 4 });
    expect(Date.parse(first?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.startedAt ?? ''));
    expect(first?.participants.map(({ userId, displayName }) => [userId, displayName]).sort()).toEqual([
      ['ann', 'Ann'],
      ['bob', 'Bob'],
      ['cem', null],
    ]);
    await second.request('room:join', { roomId: id });
    await alone.request('room:leave');
    const both = await callsOf(stage, ann, id);
    expect(both.map(({ peak }) => peak)).toEqual([2, 4]);
    expect(await problemOf(await stage.ask('GET', `/rooms/${id}/calls`, bob.token))).toEqual([
      403,
      'forbidden',
    ]);
  });

  it('[HT4] comes in pages', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    await ann.inside(id);
    const guest = await bob.connect();
    for (let n = 0; n < 5; n += 1) {
      await guest.request('room:join', { roomId: id });
      await guest.request('room:leave');
    }
    const all = await callsOf(stage, ann, id);
    expect(all).toHaveLength(5);
    const seen: PastCall[] = [];
    let after: string | null = null;
    do {
      const path: string = `/rooms/${id}/calls?limit=2${after === null ? '' : `&after=${after}`}`;
      const page = await api(stage.server.url, path, { reply: CallsReply, token: ann.token });
      seen.push(...page.items);
      after = page.nextCursor;
    } while (after !== null);
    expect(seen).toEqual(all);
  });

  it('[RM8] does not end a call when somebody takes their own place', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    const [inside, lost] = [await ann.inside(id), await bob.inside(id)];
    lost.cut();
    await inside.next('peer:suspended');
    const back = await bob.inside(id);
    expect(await callsOf(stage, ann, id)).toEqual([]);
    await back.request('room:leave');
    expect(await callsOf(stage, ann, id)).toMatchObject([{ peak: 2, participants: [{}, {}] }]);
  });

  it('[SE8] goes on with a call across a restart, and shows earlier ones', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const before = await startRooms({ DATABASE_PATH });
    const [ann, bob] = [await before.external('ann'), await before.external('bob')];
    const { id } = await before.create(ann);
    const [first, second] = [await ann.inside(id), await bob.inside(id)];
    await second.request('room:leave');
    const earlier = await callsOf(before, ann, id);
    await second.request('room:join', { roomId: id });
    await before.server.drain();
    const after = await startRooms({ DATABASE_PATH });
    expect(await callsOf(after, ann, id)).toEqual(earlier);
    const { wsUrl } = after.server;
    const resumed = [first.resume(undefined, wsUrl), second.resume(undefined, wsUrl)];
    for (const person of resumed) expect((await person.welcome).payload.resumed).toBe(true);
    await resumed[1]?.request('room:leave');
    const [last, ...rest] = await callsOf(after, ann, id);
    expect(rest).toEqual(earlier);
    expect(last).toMatchObject({ peak: 2, participants: [{}, {}] });
    expect(Date.parse(last?.startedAt ?? '')).toBeLessThan(Date.parse(last?.endedAt ?? ''));
  });

  it('[AC5] loses a user who is deleted', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    await ann.inside(id);
    await (await bob.inside(id)).request('room:leave');
    expect((await stage.ask('DELETE', '/users/bob', bob.token, {})).status).toBe(204);
    expect(await callsOf(stage, ann, id)).toMatchObject([{ peak: 2, participants: [{ userId: 'ann' }] }]);
  });
});
