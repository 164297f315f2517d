import { describe, expect, it } from 'vitest';
import type { RoomId } from '../../src/domain/ids.ts';
import { RECENT_ROOMS, RecentRooms } from '../../src/rooms/recent-rooms.ts';
import type { RoomRow } from '../../src/store/contract.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';

describe('recent rooms', () => {
  it('are read from the database once, until they are forgotten', async () => {
    const { recent, reads } = counted(['a']);
    for (const _ of [1, 2])
      expect((await recent.find('a'))?.record).toMatchObject({ id: 'a', hasPassword: false });
    expect(reads).toEqual(['a']);
    recent.forget('a');
    expect(recent.find('a')).toBeDefined();
    expect(reads).toEqual(['a', 'a']);
  });

  it('are not read at all after they were created', () => {
    const { recent, reads } = counted([]);
    const made = recent.add({ ...row('a'), passwordHash: 'hash', hasBans: true });
    expect(made).toMatchObject({ passwordHash: 'hash', hasBans: true, record: { hasPassword: true } });
    expect(made.record).not.toHaveProperty('passwordHash');
    expect(recent.find('a')).toBe(made);
    expect(reads).toEqual([]);
  });

  it('don’t remember that a room is missing, because it may be created any time', () => {
    const { recent, reads } = counted([]);
    for (const _ of [1, 2]) expect(recent.find('a')).toBeUndefined();
    expect(reads).toEqual(['a', 'a']);
    expect(recent.size).toBe(0);
  });

  it('are bounded: the oldest is forgotten', () => {
    const { recent, reads } = counted(['0', '2', '3']);
    for (let index = 0; index < RECENT_ROOMS + 3; index += 1) recent.add(row(`${index}`));
    expect(recent.size).toBe(RECENT_ROOMS);
    recent.find('3');
    recent.find('2');
    expect(reads).toEqual(['2']);
    expect(recent.size).toBe(RECENT_ROOMS);
  });

  it('are not remembered from a slow read if one was changed meanwhile', async () => {
    let answer = (_: RoomRow): void => {};
    const asked = new Promise<RoomRow>((resolve) => {
      answer = resolve;
    });
    const recent = new RecentRooms({ find: () => asked });
    const found = recent.find('a');
    recent.forget('a');
    answer(row('a'));
    expect((await found)?.record).toMatchObject({ id: 'a' });
    expect(recent.size).toBe(0);
    expect(await recent.find('a')).toBeDefined();
    expect(recent.size).toBe(1);
  });
});

/** Recent rooms of a store that records what it was asked for. */
function counted(ids: readonly string[]) {
  const reads: string[] = [];
  const find = (id: string): RoomRow | undefined => {
    reads.push(id);
    return ids.includes(id) ? row(id) : undefined;
  };
  return { recent: new RecentRooms({ find }), reads };
}

function row(id: string): RoomRow {
  return {
    id: id as RoomId,
    ...PLAIN_ROW,
    ownerId: null,
    createdAt: 0,
    hasBans: false,
    hasRights: false,
    lastMessageId: null,
  };
}
