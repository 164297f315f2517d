import { describe, expect, it } from 'vitest';
import { ParleyClientError } from '../../../src/client/index.ts';
import { createMyRooms, SHOWN } from '../../../src/web/rooms/my-rooms-model.ts';
import { ROOM } from '../fakes.ts';

const roomOf = (ownerId: string, id: string) => ({ ...ROOM, ownerId, id });

describe('my rooms', () => {
  it('are my own, though others are listed between them', async () => {
    const pages = [
      { items: [roomOf('me', 'a'), roomOf('you', 'b')], nextCursor: 'next' },
      { items: Array.from({ length: SHOWN }, (_, n) => roomOf('me', `c${n}`)), nextCursor: null },
    ];
    const mine = createMyRooms({
      userId: 'me',
      list: async ({ after }) => pages[after === undefined ? 0 : 1] ?? { items: [], nextCursor: null },
      update: async () => ROOM,
      remove: async () => {},
    });
    await mine.more();
    expect(mine.rooms.value?.map(({ id }) => id)).toEqual([
      'a',
      ...(pages[1]?.items.map(({ id }) => id) ?? []),
    ]);
    expect(mine.hasMore.value).toBe(false);
  });

  it('lose one that is deleted, even if it was gone already, and keep one that can’t be', async () => {
    let code: ParleyClientError['code'] = 'room_not_found';
    const mine = createMyRooms({
      userId: 'me',
      list: async () => ({ items: [roomOf('me', 'a'), roomOf('me', 'b')], nextCursor: null }),
      update: async () => ROOM,
      remove: () => Promise.reject(new ParleyClientError(code, code)),
    });
    await mine.more();
    expect(await mine.remove(roomOf('me', 'a'))).toBe(true);
    code = 'network';
    expect(await mine.remove(roomOf('me', 'b'))).toBe(false);
    expect(mine.rooms.value?.map(({ id }) => id)).toEqual(['b']);
    expect(mine.failure.value?.code).toBe('network');
  });
});
