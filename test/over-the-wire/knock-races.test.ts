import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { SECRET } from '../support/server/accounts.ts';
import { createRoom } from '../support/server/api.ts';
import { ask, join, makeHost, minted } from './hosting.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

const ROUNDS = 20;
const FAST = { JWT_SECRET: SECRET, MESSAGES_PER_SECOND: '100000', MESSAGE_BURST: '100000' };

/** A room with a waiting room, its owner Ann, and Ben, a host too. */
async function hosted(max = 50) {
  const stage = await startStage(FAST);
  const owner = await stage.guest('Ann');
  const { id: roomId } = await createRoom(stage.server.url, owner.token, { max, waitingRoom: true });
  const ann = await owner.inside(roomId);
  const ben = await waiting(stage, roomId);
  await ann.request('room:admit', { knockId: ben.knockId });
  await ben.next('room:joined');
  expect(await makeHost(ann, ben)).toBe('ack');
  return { stage, roomId, ann, ben };
}

/** A new guest who waits. */
async function waiting(stage: Stage, roomId: string) {
  const person = await (await stage.guest('Cat')).connect();
  return Object.assign(person, { knockId: await knock(person, roomId) });
}

/** Knocks. @returns the id of the knock */
async function knock(person: Person, roomId: string): Promise<string> {
  const { event, payload } = await person.request('room:join', { roomId });
  expect(event).toBe('knock:waiting');
  return (payload as { knockId: string }).knockId;
}

/** Runs these at once, and in each round another one first. */
async function atOnce<T>(round: number, ...acts: (() => Promise<T>)[]): Promise<T[]> {
  const shift = round % acts.length;
  const begun = [...acts.slice(shift), ...acts.slice(0, shift)].map((act) => act());
  const results = await Promise.all(begun);
  return [...results.slice(acts.length - shift), ...results.slice(0, acts.length - shift)];
}

/** The knocks of those who wait, of which each host was told alike. */
async function lineOf(roomId: string, stage: Stage, first: Person, ...others: Person[]): Promise<unknown[]> {
  const hosts = [first, ...others];
  const { items } = await (await ask(stage, 'GET', `/rooms/${roomId}/knocks`, first.guest)).json();
  for (const host of hosts) {
    await host.settled();
    expect(host.frames.filter(({ event }) => event === 'room:knocks').at(-1)?.payload).toEqual({ items });
  }
  return items.map(({ knockId }: { knockId: string }) => knockId);
}

/** How often an event came. */
const count = ({ frames }: Person, event: string) => frames.filter((frame) => frame.event === event).length;

const answerByHttp = async (stage: Stage, roomId: string, host: Person, knockId: string, admit: boolean) => {
  const reply = await ask(stage, 'POST', `/rooms/${roomId}/knocks/${knockId}`, host.guest, { admit });
  return reply.ok ? 'ack' : ((await reply.json()).code as string);
};
const answer = async (host: Person, knockId: string, admit: boolean) =>
  codeOf(await host.request(admit ? 'room:admit' : 'room:refuse', { knockId })) as string;

describe('hosts who answer the same knock at once', () => {
  it('[KN3] let in once, over WebSocket and HTTP: all but one hear not_found', async () => {
    const { stage, roomId, ann, ben } = await hosted();
    for (let round = 0; round < ROUNDS; round += 1) {
      const cat = await waiting(stage, roomId);
      const answers = await atOnce(
        round,
        () => answer(ann, cat.knockId, true),
        () => answer(ben, cat.knockId, true),
        () => answerByHttp(stage, roomId, ann, cat.knockId, true),
      );
      expect([...answers].sort()).toEqual(['ack', 'not_found', 'not_found']);
      await cat.next('room:joined');
      await cat.settled();
      expect([count(cat, 'room:joined'), count(cat, 'error')]).toEqual([1, 0]);
      expect(await lineOf(roomId, stage, ann, ben)).toEqual([]);
      await cat.request('session:bye');
    }
  });

  it('[KN3] either let in or refuse: whoever waits hears one of both', async () => {
    const { stage, roomId, ann, ben } = await hosted();
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const cat = await waiting(stage, roomId);
      const [admitted, refused] = await atOnce(
        round,
        () => answer(ann, cat.knockId, true),
        () => answer(ben, cat.knockId, false),
      );
      expect([admitted, refused].sort()).toEqual(['ack', 'not_found']);
      const heard = await cat.nextFrame(({ event }) => event === 'room:joined' || event === 'error');
      expect(codeOf(heard)).toBe(admitted === 'ack' ? 'room:joined' : 'knock_refused');
      await cat.settled();
      expect(count(cat, 'room:joined') + count(cat, 'error')).toBe(1);
      expect(await lineOf(roomId, stage, ann, ben)).toEqual([]);
      outcomes.add(codeOf(heard) as string);
      await cat.request('session:bye');
    }
    expect([...outcomes].sort()).toEqual(['knock_refused', 'room:joined']);
  });

  it('[KN3][RM6] let nobody in once they are no hosts any more', async () => {
    const { stage, roomId, ann, ben } = await hosted();
    for (let round = 0; round < ROUNDS; round += 1) {
      const cat = await waiting(stage, roomId);
      const before = ann.frames.length;
      const [admitted, demoted] = await atOnce(
        round,
        () => answer(ben, cat.knockId, true),
        () => makeHost(ann, ben, false) as Promise<string>,
      );
      expect(demoted).toBe('ack');
      expect(['ack', 'forbidden']).toContain(admitted);
      for (const person of [ann, cat]) await person.settled();
      expect(count(cat, 'room:joined')).toBe(admitted === 'ack' ? 1 : 0);
      const heard = ann.frames.slice(before).filter(({ event }) => /^peer:(joined|host)$/.test(event));
      expect(heard.map(({ event }) => event)).toEqual(
        admitted === 'ack' ? ['peer:joined', 'peer:host'] : ['peer:host'],
      );
      expect(await lineOf(roomId, stage, ann)).toEqual(admitted === 'ack' ? [] : [cat.knockId]);
      await cat.request('session:bye');
      await makeHost(ann, ben);
    }
  });
});

describe('a knock that is answered', () => {
  it('[KN3] while the room becomes full: one of both has the last place, and the knock stays with room_full', async () => {
    const { stage, roomId, ann, ben } = await hosted(3);
    const second = await waiting(stage, roomId);
    for (let round = 0; round < ROUNDS; round += 1) {
      const cat = await waiting(stage, roomId);
      const [first, other] = await atOnce(
        round,
        () => answer(ann, cat.knockId, true),
        () => answer(ben, second.knockId, true),
      );
      expect([first, other].sort()).toEqual(['ack', 'room_full']);
      await ann.settled();
      const isIn = first === 'ack';
      expect(await lineOf(roomId, stage, ann, ben)).toEqual(isIn ? [second.knockId] : [cat.knockId]);
      // The place is free again, and the line is as it was.
      if (isIn) await cat.request('session:bye');
      else {
        await second.request('room:leave');
        await cat.request('session:bye');
        second.knockId = await knock(second, roomId);
      }
    }
  });

  it('[KN3][RM8] when a host has just taken the last place hears room_full, and comes in once there is one', async () => {
    const { stage, roomId, ann, ben } = await hosted(3);
    const cat = await waiting(stage, roomId);
    for (let round = 0; round < ROUNDS; round += 1) {
      const tab = await ann.guest.connect();
      const [entered, admitted] = await atOnce(
        round,
        () => join(tab, roomId) as Promise<string>,
        () => answer(ben, cat.knockId, true),
      );
      expect([
        ['room:joined', 'room_full'],
        ['room_full', 'ack'],
      ]).toContainEqual([entered, admitted]);
      if (admitted === 'room_full') {
        expect(await lineOf(roomId, stage, ann, ben)).toEqual([cat.knockId]);
      } else {
        await cat.next('room:joined');
        await cat.request('room:leave');
        cat.knockId = await knock(cat, roomId);
      }
      await tab.request('session:bye');
    }
    expect(await answer(ben, cat.knockId, true)).toBe('ack');
  });

  it.each(['who waits already', 'who knocks in that moment'])(
    '[KN5] while its user is banned: nobody banned is inside or waits, %s',
    async (who) => {
      const { stage, roomId, ann, ben } = await hosted();
      for (let round = 0; round < ROUNDS; round += 1) {
        // The same user waits by one token, and is inside by another.
        const sub = `dan-${round}`;
        const inside = await (await minted(stage, { sub, room: { id: roomId, skipKnock: true } })).inside(
          roomId,
        );
        await inside.request('room:leave');
        const waits = await (await minted(stage, { sub })).connect();
        const first = who === 'who waits already' ? await knock(waits, roomId) : '';
        await inside.request('room:join', { roomId });
        const [banned, answered] = await atOnce(
          round,
          async () => codeOf(await ann.request('room:kick', { peerId: inside.peerId, ban: true })) as string,
          () => (first === '' ? (join(waits, roomId) as Promise<string>) : answer(ben, first, true)),
        );
        expect(banned).toBe('ack');
        if (first !== '') expect(['ack', 'not_found']).toContain(answered);
        else expect(['room:joined', 'knock:waiting', 'banned']).toContain(answered);
        expect((await inside.closed).code).toBe(CLOSE.banned);
        expect(await lineOf(roomId, stage, ann, ben)).toEqual([]);
        const { items } = await (await ask(stage, 'GET', `/rooms/${roomId}/participants`, ann.guest)).json();
        expect(items.map(({ userId }: { userId: string }) => userId)).toEqual([
          ann.guest.userId,
          ben.guest.userId,
        ]);
        if (count(waits, 'room:joined') > 0) expect((await waits.closed).code).toBe(CLOSE.banned);
        else {
          expect(await join(waits, roomId)).toBe('banned');
          expect(waits.frames.filter((frame) => codeOf(frame) === 'banned').length).toBeGreaterThan(1);
        }
      }
    },
  );

  it('[KN3][SE3] while its line is lost: it is inside, and hears so once, at the latest when it is back', async () => {
    const { stage, roomId, ann, ben } = await hosted();
    for (let round = 0; round < ROUNDS; round += 1) {
      const cat = await waiting(stage, roomId);
      const [admitted] = await atOnce(
        round,
        () => answer(ann, cat.knockId, true),
        async () => {
          cat.cut();
          return 'cut';
        },
      );
      expect(admitted).toBe('ack');
      await cat.closed;
      const again = cat.resume();
      const welcome = (await again.welcome).payload;
      expect(welcome.resumed).toBe(true);
      await again.settled();
      const joins = [...cat.frames, ...again.frames].filter(({ event }) => event === 'room:joined');
      expect(joins).toMatchObject([{ payload: { peerId: cat.peerId } }]);
      const { items } = await (await ask(stage, 'GET', `/rooms/${roomId}/participants`, ann.guest)).json();
      expect(items).toMatchObject([{}, {}, { peerId: cat.peerId, state: 'live' }]);
      expect(await lineOf(roomId, stage, ann, ben)).toEqual([]);
      await again.request('session:bye');
    }
  });

  it('[KN5] while its session leaves: it is inside and leaves, or was never there', async () => {
    const { stage, roomId, ann, ben } = await hosted();
    for (let round = 0; round < ROUNDS; round += 1) {
      const cat = await waiting(stage, roomId);
      const [admitted, left] = await atOnce(
        round,
        () => answer(ann, cat.knockId, true),
        async () => codeOf(await cat.request('room:leave')) as string,
      );
      expect(left).toBe('ack');
      expect(['ack', 'not_found']).toContain(admitted);
      expect(count(cat, 'room:joined')).toBe(admitted === 'ack' ? 1 : 0);
      expect(await lineOf(roomId, stage, ann, ben)).toEqual([]);
      const { room } = await (await stage.get(`/rooms/${roomId}`, cat.guest.token)).json();
      expect(room.participants).toBe(2);
      await cat.request('session:bye');
    }
  });
});
