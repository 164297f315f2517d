import { describe, expect, it } from 'vitest';
import type { PeerId, RoomId, UserId } from '../../src/domain/ids.ts';
import type { ChatWrite, NewMessage, Store } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;
const BEN = 'ben' as UserId;
const ROOM = 'room' as RoomId;
const OTHER = 'other' as RoomId;

/** Tests what any store must do with messages. */
export function chatContract(name: string, place: () => StorePlace): void {
  describe(`messages in ${name}`, () => {
    it('[CH4] stay up to 10,000 in a room, and never fewer than 9,800 when the oldest go', async () => {
      const store = await furnished(place());
      await say(store, ROOM, 1, 10_000);
      expect(await count(store, ROOM)).toBe(10_000);
      await say(store, ROOM, 10_001, 10_001);
      const kept = await count(store, ROOM);
      expect(kept).toBeGreaterThanOrEqual(9_800);
      expect(kept).toBeLessThanOrEqual(10_000);
      for (let last = 10_002; last <= 10_250; last += 1) await say(store, ROOM, last, last);
      const later = await store.chat.list(ROOM, { above: '', from: 'oldest', limit: 20_000 });
      expect(later.length).toBeGreaterThanOrEqual(9_800);
      expect(later.length).toBeLessThanOrEqual(10_000);
      expect(later.at(-1)?.id).toBe(id(10_250));
      expect(later[0]?.id).toBe(id(10_250 - later.length + 1));
    });

    it('[CH4] go with their room', async () => {
      const store = await furnished(place());
      await say(store, ROOM, 1, 3);
      await store.chat.write(batch(react(1, ANN)));
      // The reaction and a message.
      expect(await store.rooms.clearOut(ROOM, 2)).toBe(2);
      expect(await count(store, ROOM)).toBe(2);
      await store.rooms.removeAll([ROOM]);
      expect(await count(store, ROOM)).toBe(0);
      const [late] = await store.chat.write(batch({ kind: 'say', row: message(ROOM, 9), above: '' }));
      expect(late).toEqual({ refusal: 'room_not_found' });
    });

    it('[CH2] are gone at once when they are cleared, and leave the store few at a time', async () => {
      const home = place();
      const store = await furnished(home);
      await say(store, ROOM, 1, 5);
      await say(store, OTHER, 1, 1);
      await store.chat.write(batch(react(1, ANN), react(1, BEN), react(5, ANN)));
      const clear = { kind: 'clear', roomId: ROOM } as const;
      const reply = { ...message(ROOM, 6), replyTo: id(5) };
      const results = await store.chat.write(
        batch(clear, clear, { kind: 'say', row: reply, above: '' }, react(5, BEN)),
      );
      const gone = { refusal: 'not_found' };
      expect(results).toEqual([{ upTo: id(5) }, { upTo: null }, gone, gone]);
      expect(await store.rooms.find(ROOM)).toMatchObject({ lastMessageId: null });
      await say(store, ROOM, 7, 8);
      await store.close();

      const again = await home.open();
      const left = async () =>
        (await again.chat.list(ROOM, { above: '', from: 'oldest', limit: 9 })).map((row) => row.id);
      expect(await left()).toEqual([id(7), id(8)]);
      // Three reactions and five messages.
      const slices = [3, 3, 3, 3].map((max) => again.chat.sweepCleared(max));
      expect(await Promise.all(slices)).toEqual([3, 3, 2, 0]);
      expect(await left()).toEqual([id(7), id(8)]);
      expect(await again.rooms.find(ROOM)).toMatchObject({ lastMessageId: id(8) });
      expect(await count(again, OTHER)).toBe(1);
    });

    it('[CH1] are there in the next process, and so is the time up to which ids may go', async () => {
      const home = place();
      const store = await furnished(home);
      expect(await store.chat.idsUntil()).toBe(0);
      await store.chat.write({ ...batch(), idsUntil: NOW });
      await say(store, ROOM, 1, 2);
      await store.close();
      const again = await home.open();
      expect(await again.chat.idsUntil()).toBe(NOW);
      expect(
        (await again.chat.list(ROOM, { above: '', from: 'oldest', limit: 9 })).map((row) => row.id),
      ).toEqual([id(1), id(2)]);
      expect(await again.rooms.find(ROOM)).toMatchObject({ lastMessageId: id(2) });
    });

    it('[CH2] are edited by their author only, while they are young, and not once they are deleted', async () => {
      const store = await furnished(place());
      await say(store, ROOM, 1, 1);
      const edit = { kind: 'edit', roomId: ROOM, id: id(1), message: 'new', at: NOW + 9, above: '' } as const;
      const results = await store.chat.write(
        batch(
          { ...edit, userId: BEN, since: NOW },
          { ...edit, userId: ANN, since: NOW + 2 },
          { ...edit, userId: ANN, since: NOW + 1 },
          { kind: 'delete', roomId: ROOM, id: id(1), userId: null, above: '', at: NOW + 10 },
          { ...edit, userId: ANN, since: NOW },
        ),
      );
      expect(results).toMatchObject([
        { refusal: 'not_author' },
        { refusal: 'too_old' },
        { message: { message: 'new', version: 2, editedAt: NOW + 9 } },
        { message: { message: null, deletedAt: NOW + 10 } },
        { refusal: 'not_found' },
      ]);
    });

    it('[CH2] have at most 20 kinds of reactions, and 500 in all', async () => {
      const store = await furnished(place());
      await say(store, ROOM, 1, 1);
      const users = Array.from({ length: 501 }, (_, n) => `user-${n}` as UserId);
      for (const userId of users) await store.users.insert(user(userId));
      const results = await store.chat.write(batch(...users.map((userId) => react(1, userId))));
      expect(results.filter(({ refusal }) => refusal === undefined)).toHaveLength(500);
      expect(results.at(-1)).toEqual({ refusal: 'too_many_reactions' });
      await say(store, ROOM, 2, 2);
      const kinds = Array.from({ length: 21 }, (_, n) => react(2, ANN, `${n}`));
      const byKind = await store.chat.write(batch(...kinds));
      expect(byKind.filter(({ refusal }) => refusal === undefined)).toHaveLength(20);
      expect(byKind.at(-1)).toEqual({ refusal: 'too_many_reactions' });
    });

    it('[AC5] keep their text when their user is deleted, and lose who said them; its reactions go', async () => {
      const store = await furnished(place());
      await say(store, OTHER, 1, 3);
      await store.chat.write(
        batch(
          { kind: 'say', row: { ...message(OTHER, 4), userId: BEN }, above: '' },
          { ...react(4, ANN), roomId: OTHER },
          { ...react(4, BEN), roomId: OTHER },
        ),
      );
      // Two of its three messages; then the third and its reaction.
      expect(await store.deletions.detach(ANN, 2)).toBe(2);
      expect(await store.deletions.detach(ANN, 3)).toBe(2);
      await store.deletions.delete(ANN, { now: NOW, until: NOW });
      const rows = await store.chat.list(OTHER, { above: '', from: 'oldest', limit: 9 });
      expect(rows).toMatchObject([
        ...[1, 2, 3].map((n) => ({ message: `${n}`, userId: null, peerId: null, displayName: null })),
        { userId: BEN, displayName: 'Ann', reactions: { '👍': [BEN] } },
      ]);
    });
  });
}

function batch(...writes: ChatWrite[]) {
  return { writes, durable: false };
}

function react(n: number, userId: UserId, emoji = '👍'): ChatWrite & { readonly kind: 'react' } {
  return { kind: 'react', roomId: ROOM, id: id(n), userId, emoji, on: true, above: '' };
}

async function say(store: Store, roomId: RoomId, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, n) => from + n);
  await store.chat.write(
    batch(...numbers.map((n) => ({ kind: 'say' as const, row: message(roomId, n), above: '' }))),
  );
}

async function count(store: Store, roomId: RoomId): Promise<number> {
  return (await store.chat.list(roomId, { above: '', from: 'oldest', limit: 20_000 })).length;
}

function id(n: number): string {
  return `${n}`.padStart(21, '0');
}

function message(roomId: RoomId, n: number): NewMessage {
  return {
    roomId,
    id: id(n),
    userId: ANN,
    peerId: 'peer' as PeerId,
    displayName: 'Ann',
    message: `${n}`,
    replyTo: null,
    createdAt: NOW + 1,
  };
}

function user(userId: UserId) {
  return { id: userId, kind: 'guest' as const, username: null, displayName: null, createdAt: NOW };
}

/** Ann owns nothing; Ben owns two rooms. */
async function furnished({ open }: StorePlace): Promise<Store> {
  const store = await open();
  for (const userId of [ANN, BEN]) await store.users.insert(user(userId));
  for (const roomId of [ROOM, OTHER]) {
    await store.rooms.insert({ ...PLAIN_ROW, id: roomId, ownerId: BEN, createdAt: NOW }, null);
  }
  return store;
}
