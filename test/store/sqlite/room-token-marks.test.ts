import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import { MARKS_PER_ROOM } from '../../../src/store/contract/room-token-marks.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { MARKS_SQL } from '../../../src/store/sqlite/room-token-marks.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const ROOM = 'room' as RoomId;

describe('marks of tokens for rooms in SQLite', () => {
  it.each(Object.entries(MARKS_SQL))('are found by an index: %s', (_, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const named = {
      roomId: '',
      userId: '',
      lastRoomId: '',
      lastUserId: '',
      at: 0,
      max: 0,
      offset: 0,
      expiresAt: 0,
    };
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(sql.includes(':') ? [named] : Array(sql.split('?').length - 1).fill('')));
    database.close();
    const steps = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH)/.test(detail));
    for (const step of steps) expect(step).toMatch(/^SEARCH .* USING (COVERING )?(INDEX|PRIMARY KEY)/);
  });

  it('[TK4] are at most 10,000 of one room: the oldest makes room', () => {
    const path = temporaryDatabase();
    const { roomTokenMarks } = temporaryStore(path);
    const database = new Database(path);
    const insert = database.prepare(
      'INSERT INTO room_token_marks (room_id, user_id, marked_at) VALUES (?, ?, ?)',
    );
    database.transaction(() => {
      for (let n = 0; n < MARKS_PER_ROOM; n += 1) insert.run(ROOM, `user-${n}`, n);
    })();
    database.close();
    roomTokenMarks.mark(ROOM, 'user-0' as UserId, MARKS_PER_ROOM);
    expect(roomTokenMarks.find(ROOM, 'user-1' as UserId)).toBe(1);
    roomTokenMarks.mark(ROOM, 'ann' as UserId, MARKS_PER_ROOM);
    expect(roomTokenMarks.find(ROOM, 'user-1' as UserId)).toBeUndefined();
    expect(roomTokenMarks.find(ROOM, 'user-2' as UserId)).toBe(2);
    expect(roomTokenMarks.find(ROOM, 'ann' as UserId)).toBe(MARKS_PER_ROOM);
  });
});
