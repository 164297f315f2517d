import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../src/protocol/chat-events.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { remove } from './accounts.ts';
import { ask, chatFrames, chatting, say } from './chatting.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

const THUMB = '👍';
const NOBODY = { userId: null, peerId: null, displayName: null };

type Chatting = Awaited<ReturnType<typeof chatting>>;

async function history({ on, roomId, ann }: Pick<Chatting, 'on' | 'roomId' | 'ann'>): Promise<ChatMessage[]> {
  return (await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat?limit=100`)).body.items;
}

async function deleteAccount(on: Stage, { guest }: Person): Promise<void> {
  expect((await remove(on, `/users/${guest.userId}`, guest.token)).status).toBe(204);
}

describe('what a user said who has deleted the account', () => {
  it('[AC5] keeps its text and loses its author, and no reaction names the user', async () => {
    const room = await chatting();
    const { on, roomId, ann, ben } = room;
    const own = await say(ben, 'mine');
    await ben.request('chat:edit', { id: own.id, message: 'mine, edited' });
    const other = await say(ann, 'yours');
    const answer = await say(ben, 'a reply', other.id);
    const gone = await say(ben, 'deleted before');
    await ben.request('chat:delete', { id: gone.id });
    for (const { id } of [own, other]) {
      for (const person of [ben, ann]) await person.request('chat:react', { id, emoji: THUMB, on: true });
    }
    await ben.request('chat:react', { id: own.id, emoji: '🎉', on: true });
    await deleteAccount(on, ben);
    expect((await ben.closed).code).toBe(4001);
    const items = await history(room);
    expect(items).toMatchObject([
      {
        id: own.id,
        ...NOBODY,
        message: 'mine, edited',
        version: 2,
        reactions: { [THUMB]: [ann.guest.userId] },
      },
      { id: other.id, userId: ann.guest.userId, reactions: { [THUMB]: [ann.guest.userId] } },
      { id: answer.id, ...NOBODY, message: 'a reply', replyTo: other.id },
      { id: gone.id, userId: null, deletedAt: expect.any(String) },
    ]);
    expect(items[0]?.reactions).not.toHaveProperty('🎉');
    expect(JSON.stringify(items)).not.toContain(ben.guest.userId);
    expect(JSON.stringify(items)).not.toContain(ben.peerId);
    // Nobody comes into the room with it either.
    const late = await (await on.guest('Cem')).connect();
    const joined = await late.request('room:join', { roomId });
    expect(JSON.stringify(joined.payload)).not.toContain(ben.guest.userId);
  });

  it('[AC5] is answered, reacted to and deleted by those who are left, who hear of nobody', async () => {
    const room = await chatting();
    const { on, roomId, ann, ben } = room;
    const { id } = await say(ben, 'mine');
    await ben.request('chat:react', { id, emoji: THUMB, on: true });
    const cem = await (await on.guest('Cem')).inside(roomId);
    await deleteAccount(on, ben);
    const before = chatFrames(ann).length;
    const reacted = await cem.request('chat:react', { id, emoji: THUMB, on: true });
    expect(reacted.payload).toEqual({ id, roomId, reactions: { [THUMB]: [cem.guest.userId] } });
    const reply = await say(cem, 'a reply', id);
    expect(reply).toMatchObject({ replyTo: id, message: 'a reply' });
    expect(codeOf(await cem.request('chat:edit', { id, message: 'not mine' }))).toBe('forbidden');
    expect(codeOf(await cem.request('chat:delete', { id }))).toBe('forbidden');
    expect(codeOf(await ann.request('chat:edit', { id, message: 'not mine' }))).toBe('forbidden');
    expect(codeOf(await ann.request('chat:delete', { id }))).toBe('chat:deleted');
    await ann.settled();
    const heard = chatFrames(ann).slice(before);
    expect(heard.map(({ event }) => event)).toEqual(['chat:reactions', 'chat', 'chat:deleted']);
    expect(JSON.stringify(heard)).not.toContain(ben.guest.userId);
    expect(await history(room)).toMatchObject([
      { id, userId: null, deletedAt: expect.any(String) },
      { replyTo: id, userId: cem.guest.userId },
    ]);
  });

  it('[AC5] stays so after a restart', async () => {
    const environment = { DATABASE_PATH: temporaryDatabase() };
    const room = await chatting({}, environment);
    const { id } = await say(room.ben, 'mine');
    await deleteAccount(room.on, room.ben);
    await room.on.server.close();
    const on = await startStage(environment);
    expect(await history({ ...room, on })).toMatchObject([{ id, ...NOBODY, message: 'mine' }]);
  });

  it('[AC5] names nobody, however close to the deletion it was said', async () => {
    const room = await chatting({ max: 50 });
    const { on, roomId, ann } = room;
    for (let round = 0; round < 25; round += 1) {
      const eve = await (await on.guest('Eve')).inside(roomId);
      const { id } = await say(ann, `round ${round}`);
      const deletion = deleteAccount(on, eve);
      for (let n = 0; n < 20; n += 1) {
        eve.send('chat', { message: `last words ${n}`, replyTo: id }, 100 + 2 * n);
        eve.send('chat:react', { id, emoji: THUMB, on: n % 2 === 0 }, 101 + 2 * n);
      }
      await deletion;
      await eve.closed;
      const items = await history(room);
      expect(JSON.stringify(items)).not.toContain(eve.guest.userId);
      for (const item of items.filter(({ userId }) => userId !== ann.guest.userId)) {
        expect(item).toMatchObject(NOBODY);
      }
      await ann.request('chat:clear');
    }
  });
});
