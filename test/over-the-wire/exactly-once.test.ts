import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SECRET } from '../support/server/accounts.ts';
import { createRoom } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { ask } from './chatting.ts';
import { Returner } from './returner.ts';
import { codeOf, type Stage, startStage } from './stage.ts';

const BURST = 12;
/** How people lose their connections. */
const WAYS = ['the line is cut', 'the server restarts'] as const;
const ROUNDS = { 'the line is cut': 8, 'the server restarts': 2 } as const;

/** Ann, who runs the room, and Ben, on a server that can be left and found again. */
class Scene {
  readonly #environment = {
    DATABASE_PATH: temporaryDatabase(),
    JWT_SECRET: SECRET,
    MESSAGES_PER_SECOND: '100000',
    MESSAGE_BURST: '100000',
  };
  readonly #way: (typeof WAYS)[number];
  #stage: Stage | undefined;

  constructor(way: (typeof WAYS)[number]) {
    this.#way = way;
  }

  get on(): Stage {
    if (this.#stage === undefined) throw new Error('no server was started');
    return this.#stage;
  }

  async start() {
    this.#stage = await startStage(this.#environment);
    const host = await this.on.guest('Ann');
    const { id: roomId } = await createRoom(this.on.server.url, host.token, { max: 50 });
    const [ann, ben] = [await Returner.connect(host), await Returner.connect(await this.on.guest('Ben'))];
    for (const person of [ann, ben]) await person.request('room:join', { roomId });
    return { roomId, ann, ben };
  }

  /** Everybody loses the connection at once, comes back, and sends again what may be lost. */
  async interrupt(...people: Returner[]): Promise<void> {
    if (this.#way === 'the line is cut') {
      for (const person of people) person.cut();
    } else {
      await this.on.server.drain();
      this.#stage = await startStage(this.#environment);
    }
    for (const person of people) expect(await person.comeBack(this.on.server.wsUrl)).toBe(true);
  }
}

/** Every message of the session came once, and every request got one answer. */
function expectWhole(person: Returner): void {
  const { frames, ids } = person;
  expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
  expect(frames.flatMap(({ re }) => re ?? [])).toEqual(ids);
}

/** What somebody heard of these events. */
function heard({ frames }: Returner, ...events: string[]) {
  return frames
    .filter(({ event }) => events.includes(event))
    .map(({ event, payload }) => [event, payload] as const);
}

describe.each(WAYS)('although %s', (way) => {
  it('[SE3][SE8][CH1][RM9][RM10] chat, shared data and hands are done once and heard once, in order', async () => {
    const scene = new Scene(way);
    const { roomId, ann, ben } = await scene.start();
    const expected: (readonly [string, object])[] = [];
    const texts: string[] = [];
    for (let round = 0; round < ROUNDS[way]; round += 1) {
      const ids: number[] = [];
      for (let n = 0; n < BURST; n += 1) {
        const [message, value] = [`${round}:${n}`, { round, n }];
        const raised = n % 2 === 0;
        texts.push(message);
        ids.push(ann.send('chat', { message }));
        ids.push(ann.send('room:data', { key: `key ${n}`, value }));
        ids.push(ann.send('hand', { raised }));
        expected.push(['chat', { message }], ['room:data', { value }], ['peer:hand', { raised }]);
      }
      // In the first round nothing is answered yet, later a part.
      if (round > 0) await ann.answered(ids[round * 4] ?? 0);
      await scene.interrupt(ann, ben);
      await ann.answered(ids.at(-1) ?? 0);
    }
    expect(codeOf(await ben.request('ping'))).toBe('pong');
    await ann.request('ping');
    const about = ['chat', 'room:data', 'peer:hand'];
    expect(heard(ben, ...about)).toMatchObject(expected);
    expect(heard(ann, ...about)).toEqual(heard(ben, ...about));
    for (const person of [ann, ben]) expectWhole(person);
    const { body } = await ask(scene.on, ben.guest, 'GET', `/rooms/${roomId}/chat?limit=100`);
    expect(body.items.map(({ message }: { message: string }) => message)).toEqual(texts);
  });

  it('[SE3][SE8][CH2] edits, reactions and deletions are done once: a version counts each edit', async () => {
    const scene = new Scene(way);
    const { roomId, ann, ben } = await scene.start();
    const { id } = (await ann.request('chat', { message: 'version 1' })).payload as { id: string };
    const gone = (await ann.request('chat', { message: 'goes' })).payload as { id: string };
    let last = 0;
    for (let version = 2; version <= 2 * BURST; version += 1) {
      last = ann.send('chat:edit', { id, message: `version ${version}` });
      ann.send('chat:react', { id, emoji: '👍', on: version % 2 === 0 });
    }
    await ann.answered(last - BURST);
    const deletion = ann.send('chat:delete', { id: gone.id });
    await scene.interrupt(ann, ben);
    expect(codeOf(await ann.answered(deletion))).toBe('chat:deleted');
    await ben.request('ping');
    for (const person of [ann, ben]) {
      expectWhole(person);
      expect(heard(person, 'chat:edited').map(([, payload]) => payload)).toMatchObject(
        Array.from({ length: 2 * BURST - 1 }, (_, n) => ({ version: n + 2, message: `version ${n + 2}` })),
      );
      expect(heard(person, 'chat:reactions')).toHaveLength(2 * BURST - 1);
      expect(heard(person, 'chat:deleted')).toHaveLength(1);
    }
    const { body } = await ask(scene.on, ben.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(body.items).toMatchObject([
      { message: `version ${2 * BURST}`, version: 2 * BURST, reactions: { '👍': [ann.guest.userId] } },
      { id: gone.id, deletedAt: expect.any(String) },
    ]);
  });

  it('[SE3][SE8][KN1][KN3] a knock and its answer are given once', async () => {
    const scene = new Scene(way);
    const { roomId, ann, ben } = await scene.start();
    await ask(scene.on, ann.guest, 'PATCH', `/rooms/${roomId}`, { waitingRoom: true });
    for (let round = 0; round < ROUNDS[way]; round += 1) {
      const cat = await Returner.connect(await scene.on.guest(`Cat ${round}`));
      const knock = cat.send('room:join', { roomId });
      for (let turns = 0; turns < round; turns += 1) await nextTurn();
      await scene.interrupt(ann, ben, cat);
      const waiting = await cat.answered(knock);
      expect(waiting.event).toBe('knock:waiting');
      const { knockId } = waiting.payload as { knockId: string };
      const { body } = await ask(scene.on, ann.guest, 'GET', `/rooms/${roomId}/knocks`);
      expect(body.items).toMatchObject([{ knockId, userId: cat.guest.userId }]);
      const admit = ann.send('room:admit', { knockId });
      for (let turns = 0; turns < round; turns += 1) await nextTurn();
      await scene.interrupt(ann, ben, cat);
      expect(codeOf(await ann.answered(admit))).toBe('ack');
      await cat.next(({ event }) => event === 'room:joined');
      for (const person of [ann, ben, cat]) await person.request('ping');
      expect(heard(cat, 'room:joined', 'error')).toHaveLength(1);
      for (const person of [ann, ben, cat]) expectWhole(person);
      for (const person of [ann, ben]) {
        const joins = heard(person, 'peer:joined').filter(([, payload]) =>
          JSON.stringify(payload).includes(cat.peerId),
        );
        expect(joins).toHaveLength(1);
      }
      expect(heard(ann, 'room:knocks').at(-1)).toEqual(['room:knocks', { items: [] }]);
    }
  });
});
