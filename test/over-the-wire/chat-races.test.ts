import { describe, expect, it } from 'vitest';
import { ask, chatFrames, chatting, say } from './chatting.ts';
import { codeOf, type Person } from './stage.ts';

/** How often each race is run. */
const ROUNDS = 60;

/** What somebody heard about one message, in order. */
function heard(person: Person, id: string): unknown[] {
  return chatFrames(person)
    .filter(({ payload }) => JSON.stringify(payload).includes(id))
    .map(({ event, payload }) => [event, payload]);
}

/** What the history says of a message. */
async function stored({ on, roomId, ann }: Awaited<ReturnType<typeof chatting>>, id: string) {
  const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat?around=${id}&limit=1`);
  return body.items[0];
}

/** Runs two requests at once, in this order on the wire or the other way round. */
async function race<First, Second>(
  round: number,
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<[First, Second]> {
  if (round % 2 === 0) return Promise.all([first(), second()]);
  const [late, early] = await Promise.all([second(), first()]);
  return [early, late];
}

describe('changes of one message at once', () => {
  it('[CH2] an edit and a deletion have one outcome, and all hear of them in one order', async () => {
    const room = await chatting({}, { MESSAGES_PER_SECOND: '100000', MESSAGE_BURST: '100000' });
    const { on, roomId, ann, ben } = room;
    const cem = await (await on.guest('Cem')).inside(roomId);
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id } = await say(ben, `message ${round}`);
      const [edited, deleted] = await race(
        round,
        () => ben.request('chat:edit', { id, message: `edited ${round}` }),
        () => ann.request('chat:delete', { id }),
      );
      expect(codeOf(deleted)).toBe('chat:deleted');
      const isEdited = codeOf(edited) === 'chat:edited';
      if (!isEdited) expect(codeOf(edited)).toBe('not_found');
      outcomes.add(codeOf(edited) as string);
      for (const person of [ann, ben, cem]) await person.settled();
      const events = ['chat', ...(isEdited ? ['chat:edited'] : []), 'chat:deleted'];
      expect(heard(cem, id)).toMatchObject(events.map((event) => [event, { id, roomId }]));
      expect(heard(ann, id)).toEqual(heard(cem, id));
      expect(heard(ben, id)).toEqual(heard(cem, id));
      expect(await stored(room, id)).toEqual({
        id,
        roomId,
        userId: ben.guest.userId,
        createdAt: expect.any(String),
        deletedAt: expect.any(String),
      });
    }
    expect([...outcomes].sort()).toEqual(['chat:edited', 'not_found']);
  });

  it('[CH2] two edits count up: all end with the text and version that are stored', async () => {
    const room = await chatting({}, { MESSAGES_PER_SECOND: '100000', MESSAGE_BURST: '100000' });
    const { roomId, ann, ben } = room;
    const tab = await ben.guest.inside(roomId);
    const winners = new Set<unknown>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id } = await say(ben, `message ${round}`);
      const answers = await race(
        round,
        () => ben.request('chat:edit', { id, message: 'first' }),
        () => tab.request('chat:edit', { id, message: 'second' }),
      );
      expect(answers.map(codeOf)).toEqual(['chat:edited', 'chat:edited']);
      for (const person of [ann, ben, tab]) await person.settled();
      expect(heard(ann, id)).toMatchObject([
        ['chat', { version: 1 }],
        ['chat:edited', { version: 2 }],
        ['chat:edited', { version: 3 }],
      ]);
      expect(heard(tab, id)).toEqual(heard(ann, id));
      const { message, version } = await stored(room, id);
      expect(heard(ann, id).at(-1)).toMatchObject(['chat:edited', { message, version }]);
      winners.add(message);
    }
    expect(winners).toEqual(new Set(['first', 'second']));
  });

  it('[CH2] a reply, a reaction and an edit never follow the deletion, for anybody', async () => {
    const room = await chatting({}, { MESSAGES_PER_SECOND: '100000', MESSAGE_BURST: '100000' });
    const { on, roomId, ann, ben } = room;
    const cem = await (await on.guest('Cem')).inside(roomId);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id } = await say(ben, `message ${round}`);
      const [reacted, replied, deleted] = await Promise.all([
        cem.request('chat:react', { id, emoji: '👍', on: true }),
        ask(on, ann.guest, 'POST', `/rooms/${roomId}/chat`, { message: 'reply', replyTo: id }),
        (round % 2 === 0 ? ann : ben).request('chat:delete', { id }),
      ]);
      expect(codeOf(deleted)).toBe('chat:deleted');
      expect(['chat:reactions', 'not_found']).toContain(codeOf(reacted));
      expect([201, 404]).toContain(replied.status);
      for (const person of [ann, ben, cem]) await person.settled();
      expect(heard(ann, id).at(-1)).toMatchObject(['chat:deleted', { id }]);
      expect(heard(ann, id)).toHaveLength(
        2 + Number(codeOf(reacted) === 'chat:reactions') + Number(replied.status === 201),
      );
      for (const person of [ben, cem]) expect(heard(person, id)).toEqual(heard(ann, id));
      expect(await stored(room, id)).not.toHaveProperty('reactions');
    }
  });

  it('[CH2] clearing takes all that was said before it, and nothing that is said after', async () => {
    const room = await chatting({}, { MESSAGES_PER_SECOND: '100000', MESSAGE_BURST: '100000' });
    const { on, roomId, ann, ben } = room;
    for (let round = 0; round < ROUNDS; round += 1) {
      await say(ben, 'before');
      const [said, cleared] = await race(
        round,
        () => ben.request('chat', { message: `at once ${round}` }),
        () => ann.request('chat:clear'),
      );
      expect([codeOf(said), codeOf(cleared)]).toEqual(['chat', 'chat:cleared']);
      for (const person of [ann, ben]) await person.settled();
      const [id, { upTo }] = [(said.payload as { id: string }).id, cleared.payload as { upTo: string }];
      const order = chatFrames(ann)
        .slice(-2)
        .map(({ event }) => event);
      expect(order).toEqual(id <= upTo ? ['chat', 'chat:cleared'] : ['chat:cleared', 'chat']);
      const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat`);
      expect(body.items.map((item: { id: string }) => item.id)).toEqual(id <= upTo ? [] : [id]);
      expect(chatFrames(ben).slice(-2).map(codeOf)).toEqual(order);
    }
  });
});

describe('a policy that changes while people write', () => {
  it.each(['since_join', 'none', 'off'] as const)(
    '[CH3] nobody hears of `%s`, and then what only the former policy allowed',
    async (policy) => {
      const room = await chatting({}, { MESSAGES_PER_SECOND: '100000', MESSAGE_BURST: '100000' });
      const { on, roomId, ann, ben } = room;
      const change = (chat: string) => ask(on, ann.guest, 'PATCH', `/rooms/${roomId}`, { chat });
      const old = Array.from({ length: 8 }, () => say(ben, 'old'));
      const ids = (await Promise.all(old)).map(({ id }) => id);
      const cem = await (await on.guest('Cem')).inside(roomId);
      for (let round = 0; round < ROUNDS; round += 1) {
        await cem.settled();
        const from = cem.frames.length;
        await race(
          round,
          () => Promise.all(ids.map((id) => ben.request('chat:edit', { id, message: `edited ${round}` }))),
          () => change(policy),
        );
        await race(
          round,
          () => change('all').then(() => change(policy)),
          () => Promise.all(ids.map(() => ben.request('chat', { message: `said ${round}` }))),
        );
        await cem.settled();
        await change('all');
        const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat?limit=100`);
        const kept = new Set(body.items.map(({ id }: { id: string }) => id));
        let current: unknown = 'all';
        for (const { event, payload } of cem.frames.slice(from)) {
          if (event === 'room:updated') current = (payload as { room: { chat: string } }).room.chat;
          if (current === 'all') continue;
          expect(event).not.toBe('chat:edited');
          if (event !== 'chat') continue;
          expect(current).not.toBe('off');
          expect(kept.has((payload as { id: string }).id)).toBe(current === 'since_join');
        }
      }
    },
  );
});
