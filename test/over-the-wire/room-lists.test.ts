import { describe, expect, it } from 'vitest';
import { problemOf } from './people.ts';
import { type RoomStage, startRooms } from './room-stage.ts';

describe('GET /rooms', () => {
  const idsOf = async (stage: RoomStage, token: string, query = '') => {
    const response = await stage.ask('GET', `/rooms${query}`, token);
    const { items, nextCursor } = await response.json();
    return { ids: items.map(({ id }: { id: string }) => id), nextCursor };
  };

  it("[HT4] shows one's own rooms, then the listed ones of others, with how many are inside", async () => {
    const stage = await startRooms();
    const [ann, bob, visitor] = [
      await stage.external('ann'),
      await stage.external('bob'),
      await stage.guest(),
    ];
    const secret = await stage.create(ann, { name: 'secret', password: 'open sesame' });
    const listed = await stage.create(bob, { name: 'listed', listed: true });
    const mine = await stage.create(ann, { name: 'mine', listed: true });
    await stage.create(bob, { name: 'another secret' });
    await bob.inside(listed.id);
    const response = await stage.ask('GET', '/rooms', ann.token);
    const { items, nextCursor } = await response.json();
    expect([response.status, nextCursor]).toEqual([200, null]);
    expect(new Set(items.slice(0, 2).map(({ id }: { id: string }) => id))).toEqual(
      new Set([secret.id, mine.id]),
    );
    expect(items[2]).toEqual({ ...listed, participants: 1 });
    expect(items).toHaveLength(3);
    expect(JSON.stringify(items)).not.toContain('scrypt');
    expect(new Set((await idsOf(stage, visitor.token)).ids)).toEqual(new Set([mine.id, listed.id]));
    await stage.change(bob, listed.id, { listed: false });
    await stage.ask('DELETE', `/rooms/${secret.id}`, ann.token);
    expect((await idsOf(stage, ann.token)).ids).toEqual([mine.id]);
    expect((await idsOf(stage, visitor.token)).ids).toEqual([mine.id]);
  });

  it('[HT4] comes in pages that show every room once, whatever is created and deleted meanwhile', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const rooms: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      rooms.push((await stage.create(ann)).id, (await stage.create(bob, { listed: true })).id);
    }
    const seen: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page = await idsOf(stage, ann.token, `?limit=3${after === null ? '' : `&after=${after}`}`);
      seen.push(...page.ids);
      after = page.nextCursor;
      pages += 1;
      await stage.create(ann);
      await stage.create(bob, { listed: true });
    } while (after !== null);
    expect(pages).toBeGreaterThan(3);
    expect(new Set(seen).size).toBe(seen.length);
    expect(rooms.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it('[HT4] says by `nextCursor` alone whether there is more', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    await stage.create(ann);
    await stage.create(ann);
    expect((await idsOf(stage, ann.token, '?limit=2')).nextCursor).toBeNull();
    await stage.create(bob, { listed: true });
    const { ids, nextCursor } = await idsOf(stage, ann.token, '?limit=2');
    expect(ids).toHaveLength(2);
    const last = await idsOf(stage, ann.token, `?limit=2&after=${nextCursor}`);
    expect([last.ids.length, last.nextCursor]).toEqual([1, null]);
  });

  it('[HT4] refuses a wrong limit, and a cursor that is none of this list', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const foreign = Buffer.from('["name","a","b"]').toString('base64url');
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'after=',
      'after=abc',
      `after=${foreign}`,
      'after=%00',
    ]) {
      for (const path of ['/rooms', `/rooms/${id}/calls`]) {
        const refused = await stage.ask('GET', `${path}?${query}`, ann.token);
        expect(await problemOf(refused)).toEqual([400, 'validation_failed']);
      }
    }
  });

  it('[TK4] is not for a token for one room', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const boxed = await stage.external('boxed', { room: { id, admin: true } });
    expect(await problemOf(await stage.ask('GET', '/rooms', boxed.token))).toEqual([403, 'forbidden']);
    expect((await stage.change(boxed, id, { name: 'Mine' })).room.name).toBe('Mine');
  });
});
