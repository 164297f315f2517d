import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import { EXPIRY_SQL } from '../../../src/store/sqlite/expiry.ts';
import { TOKENS_PER_LOGIN } from '../../../src/store/sqlite/logins.ts';
import type { Store } from '../../../src/store/sqlite/open.ts';
import { DUE_ROOMS_SQL } from '../../../src/store/sqlite/rooms.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ALL = { now: NOW, until: NOW };

describe('what expires', () => {
  it.each(Object.entries({ ...EXPIRY_SQL, dueRooms: DUE_ROOMS_SQL }))(
    'is found by an index: %s',
    (_, sql) => {
      const path = temporaryDatabase();
      temporaryStore(path);
      const database = new Database(path, { readonly: true });
      const plan = database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...(sql.includes(':') ? [{ now: 0, userId: '' }] : Array(sql.split('?').length - 1).fill('')));
      database.close();
      const steps = plan
        .map(({ detail }) => detail)
        .filter((detail) => /^(SCAN|SEARCH|USE TEMP)/.test(detail));
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) expect(step).toMatch(/^SEARCH .* USING (COVERING )?(INDEX|PRIMARY KEY)/);
    },
  );

  it('goes a slice at a time, each of bounded size, until nothing is left', () => {
    const store = temporaryStore();
    for (const name of ['ann', 'bob', 'cid']) guest(store, name, NOW - 1);
    for (let n = 0; n < 50; n += 1) store.logins.add(token('ann', `${n}`, NOW - 1));
    guest(store, 'dan', NOW + 1);
    let slices = 0;
    for (let rows = 20; rows >= 20; slices += 1) {
      rows = store.expiry.slice(ALL, 20);
      expect(rows).toBeLessThanOrEqual(20);
    }
    // 53 tokens, 3 logins, 3 guests.
    expect(slices).toBe(3);
    for (const gone of ['ann', 'bob', 'cid']) expect(store.users.find(gone)).toBeUndefined();
    expect(store.users.find('dan')).toBeDefined();
    expect(store.expiry.slice(ALL, 20)).toBe(0);
  });

  it('[TK5] is a refresh token, while its login lives on by the next one', () => {
    const store = temporaryStore();
    guest(store, 'ann', NOW);
    store.logins.rotate(sha256('ann'), NOW - 9, token('ann', 'next', NOW + 1));
    expect(store.expiry.slice(ALL, 20)).toBe(1);
    expect(store.logins.findToken(sha256('ann'))).toBeUndefined();
    expect(store.logins.findToken(sha256('next'))?.id).toBe('ann');
  });

  it('is a login with what is left of its tokens, once no access token of it can be alive', () => {
    const store = temporaryStore();
    guest(store, 'ann', NOW);
    store.logins.revoke('ann', NOW - 9);
    expect(store.expiry.slice({ now: NOW - 1, until: NOW - 1 }, 20)).toBe(0);
    expect(store.logins.find('ann')).toBeDefined();
    // The token, the login, the guest.
    expect(store.expiry.slice(ALL, 20)).toBe(3);
    expect(store.logins.find('ann')).toBeUndefined();
  });

  it('is a guest with its last login, and its rooms with it, persistent ones of older versions too', () => {
    const store = temporaryStore();
    guest(store, 'ann', NOW);
    store.logins.begin('ann' as UserId, NOW, { ...token('later', 'later', NOW + 5), loginId: 'later' });
    for (const [id, persistent] of [
      ['kept', true],
      ['usual', false],
    ] as const) {
      const about = {
        name: null,
        max: 8,
        passwordHash: null,
        locked: false,
        emptySeconds: 60,
        createdAt: NOW,
      };
      const room = { ...about, id: id as RoomId, ownerId: 'ann' as UserId, persistent, listed: persistent };
      store.rooms.insert(room, persistent ? null : NOW + 1_000);
    }
    store.expiry.slice(ALL, 20);
    expect(store.users.find('ann')).toBeDefined();
    expect(store.rooms.due(NOW)).toEqual([]);
    store.expiry.slice({ now: NOW + 5, until: NOW + 5 }, 20);
    expect(store.users.find('ann')).toBeUndefined();
    expect(store.rooms.due(NOW + 5).sort()).toEqual(['kept', 'usual']);
    expect(store.rooms.find('kept')).toMatchObject({ persistent: false, listed: false, ownerId: null });
  });

  it('is no registered or external user, login or not', () => {
    const store = temporaryStore();
    const user = { id: 'eve' as UserId, kind: 'external', username: null, displayName: null } as const;
    store.users.insert({ ...user, createdAt: 0 });
    store.logins.begin(user.id, 0, token('eve', 'eve', NOW));
    store.expiry.slice(ALL, 20);
    expect(store.logins.find('eve')).toBeUndefined();
    expect(store.users.find('eve')).toBeDefined();
  });
});

describe('the refresh tokens of a login', () => {
  it('are so many and no more: the oldest are forgotten', () => {
    const store = temporaryStore();
    guest(store, 'ann', NOW);
    for (let n = 1; n <= TOKENS_PER_LOGIN; n += 1) store.logins.add(token('ann', `${n}`, NOW + n));
    expect(store.logins.findToken(sha256('ann'))).toBeUndefined();
    expect(store.logins.findToken(sha256('1'))).toBeDefined();
    store.logins.add(token('ann', 'one more', NOW + 2_000));
    expect(store.logins.findToken(sha256('1'))).toBeUndefined();
    expect(store.logins.findToken(sha256('2'))).toBeDefined();
  });
});

/** A guest with a login and a token, all of one name. */
function guest(store: Store, name: string, expiresAt: number): void {
  const id = name as UserId;
  store.users.insert({ id, kind: 'guest', username: name, displayName: null, createdAt: NOW });
  store.logins.begin(id, NOW, token(name, name, expiresAt));
}

function token(loginId: string, text: string, expiresAt: number) {
  return { hash: sha256(text), loginId, expiresAt };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
