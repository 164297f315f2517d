import { describe, expect, it } from 'vitest';
import { problemOf } from './people.ts';
import { CHANGES, RELAY, startRooms } from './room-stage.ts';

describe('the ETag of a room', () => {
  it('[HT8] follows what can be set and nothing else', async () => {
    const stage = await startRooms(RELAY);
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const tagOf = async () => (await stage.read(ann, id)).tag;
    const tags = [await tagOf()];
    expect(tags[0]).toMatch(/^"[\w-]{22}"$/);
    for (const [name, value] of Object.entries({ ...CHANGES, password: 'open sesame' })) {
      const { tag } = await stage.change(ann, id, { [name]: value });
      expect(await tagOf()).toBe(tag);
      tags.push(tag);
    }
    expect(new Set(tags).size).toBe(tags.length);
    const inside = await ann.inside(id).catch(() => ann.connect());
    expect(await tagOf()).toBe(tags.at(-1));
    await inside.request('session:bye');
  });

  it('[HT8] follows `locked` over WebSocket, and comes back with the former settings', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const inside = await ann.inside(id);
    const first = (await stage.read(ann, id)).tag;
    await inside.request('room:lock', { locked: true });
    const locked = (await stage.read(ann, id)).tag;
    expect(locked).not.toBe(first);
    const stale = await stage.set(ann, id, { name: 'Tea' }, { 'If-Match': first });
    expect(await problemOf(stale)).toEqual([412, 'precondition_failed']);
    await inside.request('room:lock', { locked: false });
    expect((await stage.read(ann, id)).tag).toBe(first);
  });

  it('[HT8] is asked for by If-Match, strongly, one of several or any', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const { tag } = await stage.read(ann, id);
    const status = async (ifMatch: string) =>
      (await stage.set(ann, id, { name: 'Tea' }, { 'If-Match': ifMatch })).status;
    for (const stale of ['"another"', `W/${tag}`, '', tag.slice(1, -1)])
      expect(await status(stale)).toBe(412);
    expect((await stage.read(ann, id)).tag).toBe(tag);
    expect(await status(`"another", ${tag}`)).toBe(200);
    expect(await status('*')).toBe(200);
    expect(await status(tag)).toBe(412);
  });

  it('[HT8] lets one of those win who change the same version at once', async () => {
    const stage = await startRooms();
    const ann = await stage.external('ann');
    const { id } = await stage.create(ann);
    const { tag } = await stage.read(ann, id);
    const bodies = [...'abcdefgh'].map((name) => ({ name }));
    const replies = await Promise.all(
      [...bodies, { password: 'open sesame' }].map((body) => stage.set(ann, id, body, { 'If-Match': tag })),
    );
    const winners = replies.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 412)).toHaveLength(bodies.length);
    const stored = await stage.read(ann, id);
    expect(await Promise.all(winners.map((winner) => winner.json()))).toEqual([{ room: stored.room }]);
  });

  it('[HT8] is not asked for without If-Match: all are stored, and all inside hear them in the same order', async () => {
    const stage = await startRooms();
    const [ann, bob] = [await stage.external('ann'), await stage.external('bob')];
    const { id } = await stage.create(ann);
    const people = [await ann.inside(id), await bob.inside(id)];
    const names = [...'abcdefghijklmnop'];
    await Promise.all(names.map((name) => stage.change(ann, id, { name })));
    const { room } = await stage.read(ann, id);
    for (const person of people) {
      await person.settled();
      const heard = person.frames.flatMap(({ event, payload }) =>
        event === 'room:updated' ? [(payload as { room: typeof room }).room] : [],
      );
      expect(heard.map(({ name }) => name).sort()).toEqual(names);
      expect(heard.at(-1)).toEqual(room);
    }
  });
});
