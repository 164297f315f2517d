import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import type { Store } from '../../../src/store/sqlite/open.ts';
import type { RoomRow } from '../../../src/store/sqlite/rooms.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANN = 'ann' as UserId;

describe('users', () => {
  it('are found by id, an id being any text', () => {
    const store = withAnn();
    expect(store.users.find(ANN)).toEqual({
      id: ANN,
      kind: 'guest',
      username: 'Ann',
      displayName: 'Ann A.',
      email: null,
      status: 'online',
      avatarUrl: null,
      bio: null,
      createdAt: NOW,
    });
    for (const id of ['__proto__', 'constructor', "' OR 1=1 --", '']) {
      expect(store.users.find(id)).toBeUndefined();
    }
  });

  it('do not share a username, in whatever case of letters', () => {
    const store = withAnn();
    const bob = {
      id: 'bob' as UserId,
      kind: 'guest',
      username: 'aNN',
      displayName: null,
      createdAt: NOW,
    } as const;
    expect(store.users.insert(bob)).toBe(false);
    expect(store.users.insert({ ...bob, username: null })).toBe(true);
    expect(store.users.insert({ ...bob, id: 'cid' as UserId, username: null })).toBe(true);
  });
});

describe('logins', () => {
  it('[TK5] use a refresh token up once', () => {
    const store = withAnn();
    login(store, 'login', 'first', NOW + 10);
    const next = { hash: sha256('second'), loginId: 'login', expiresAt: NOW + 20 };
    expect(store.logins.findToken(sha256('first'))).toEqual({
      id: 'login',
      userId: ANN,
      revokedAt: null,
      expiresAt: NOW + 10,
      usedAt: null,
    });
    expect(store.logins.rotate(sha256('first'), NOW, next)).toBe(true);
    expect(store.logins.findToken(sha256('first'))?.usedAt).toBe(NOW);
    expect(store.logins.rotate(sha256('first'), NOW, { ...next, hash: sha256('third') })).toBe(false);
    expect(store.logins.findToken(sha256('second'))?.usedAt).toBeNull();
    expect(store.logins.findToken(sha256('third'))).toBeUndefined();
  });

  it('are revoked once, and say when', () => {
    const store = withAnn();
    login(store, 'login', 'first', NOW + 10);
    expect(store.logins.revoke('login', NOW + 1)).toBe(true);
    expect(store.logins.revoke('login', NOW + 2)).toBe(false);
    expect(store.logins.revoke('another', NOW + 2)).toBe(false);
    expect(store.logins.find('login')).toEqual({ id: 'login', userId: ANN, revokedAt: NOW + 1 });
  });
});

describe('signing keys', () => {
  it('[TK2] are replaced one by the next, the old one kept as retired', () => {
    const { keys } = temporaryStore();
    expect(keys.current()).toBeUndefined();
    keys.ensure({ id: 'one', algorithm: 'ES256', privateJwk: '{}', createdAt: NOW });
    keys.ensure({ id: 'late', algorithm: 'ES256', privateJwk: '{}', createdAt: NOW });
    keys.replace({ id: 'two', algorithm: 'ES256', privateJwk: '{}', createdAt: NOW + 1 });
    expect(keys.current()?.id).toBe('two');
    expect(keys.all().map(({ id, retiredAt }) => [id, retiredAt])).toEqual([
      ['one', NOW + 1],
      ['two', null],
    ]);
    expect(keys.find('late')).toBeUndefined();
  });
});

describe('rooms', () => {
  it('outlive a restart', () => {
    const path = temporaryDatabase();
    const before = withAnn(path);
    before.rooms.insert(room('r', { locked: true, listed: true }), NOW);
    before.close();
    expect(temporaryStore(path).rooms.find('r')).toEqual(room('r', { locked: true, listed: true }));
  });

  it('have an id each', () => {
    const { rooms } = withAnn();
    expect(rooms.insert(room('r'), NOW)).toBe(true);
    expect(rooms.insert(room('r', { name: 'another' }), NOW)).toBe(false);
    expect(rooms.countOwnedBy(ANN)).toBe(1);
  });

  it('[RM5] are due when their time is up, unless they are persistent', () => {
    const { rooms } = withAnn();
    const [early, late, persistent] = ['early' as RoomId, 'late' as RoomId, 'persistent' as RoomId];
    rooms.insert(room(early), NOW + 10);
    rooms.insert(room(late), NOW + 10);
    rooms.insert(room(persistent, { persistent: true }), null);
    rooms.setVanishing(late, NOW + 30);
    rooms.setVanishing(persistent, NOW);
    expect(rooms.due(NOW + 9)).toEqual([]);
    expect(rooms.due(NOW + 10)).toEqual([early]);
    rooms.spareAll({ now: NOW, least: 20, most: 20 });
    expect(rooms.due(NOW + 19)).toEqual([]);
    expect(rooms.due(NOW + 20)).toEqual([early]);
    expect(rooms.due(NOW + 30)).toEqual([early, late]);
    rooms.removeAll([early, 'gone' as RoomId]);
    expect(rooms.due(NOW + 30)).toEqual([late]);
    expect(rooms.find(persistent)).toBeDefined();
  });

  it('[RM5] are due `emptySeconds` after the last one left; a restart spares each for a time that fits its own', () => {
    const { rooms } = withAnn();
    const [short, long, persistent] = ['short' as RoomId, 'long' as RoomId, 'persistent' as RoomId];
    rooms.insert(room(short, { emptySeconds: 2 }), NOW);
    rooms.insert(room(long, { emptySeconds: 3_000 }), NOW);
    rooms.insert(room(persistent, { persistent: true, emptySeconds: 2 }), null);
    for (const id of [short, long, persistent]) rooms.setEmptied(id, NOW + 5);
    expect(rooms.due(NOW + 2_004)).toEqual([]);
    expect(rooms.due(NOW + 2_005)).toEqual([short]);
    expect(rooms.due(NOW + 3_000_004)).toEqual([short]);
    expect(rooms.due(NOW + 3_000_005)).toEqual([short, long]);
    rooms.spareAll({ now: NOW + 3_000_000, least: 60_000, most: 1_000_000 });
    expect(rooms.due(NOW + 3_059_999)).toEqual([]);
    expect(rooms.due(NOW + 3_060_000)).toEqual([short]);
    expect(rooms.due(NOW + 4_000_000)).toEqual([short, long]);
    expect(rooms.find(persistent)).toBeDefined();
  });
});

describe('the session snapshot', () => {
  it('[SE8] is read back in order, and is gone once read', () => {
    const path = temporaryDatabase();
    const before = temporaryStore(path);
    before.sessions.write(3, NOW, ['{"a":1}', '{"b":2}', '{"c":3}']);
    before.close();
    const { sessions } = temporaryStore(path);
    expect(sessions.take()).toEqual({
      schemaVersion: 3,
      savedAt: NOW,
      rows: ['{"a":1}', '{"b":2}', '{"c":3}'],
    });
    expect(sessions.take()).toBeUndefined();
  });

  it('[SE8] replaces the one before it whole, and stays whole when writing fails', () => {
    const { sessions } = temporaryStore();
    sessions.write(1, NOW, ['old', 'older']);
    sessions.write(1, NOW, ['new']);
    const failing = [Symbol('no text') as unknown as string];
    expect(() => sessions.write(1, NOW, ['half', ...failing])).toThrow();
    expect(sessions.take()?.rows).toEqual(['new']);
  });

  it('may be empty', () => {
    const { sessions } = temporaryStore();
    sessions.write(1, NOW, []);
    expect(sessions.take()).toEqual({ schemaVersion: 1, savedAt: NOW, rows: [] });
  });
});

describe('settings', () => {
  it('are made once', () => {
    const { settings } = temporaryStore();
    expect(settings.get('turn-secret')).toBeUndefined();
    expect(settings.getOrMake('turn-secret', () => 'one')).toBe('one');
    expect(settings.getOrMake('turn-secret', () => 'two')).toBe('one');
  });
});

function withAnn(path?: string): Store {
  const store = temporaryStore(path);
  store.users.insert({ id: ANN, kind: 'guest', username: 'Ann', displayName: 'Ann A.', createdAt: NOW });
  return store;
}

function login(store: Store, loginId: string, token: string, expiresAt: number): void {
  store.logins.begin(ANN, NOW, { hash: sha256(token), loginId, expiresAt });
}

function room(id: string, over: Partial<RoomRow> = {}): RoomRow {
  return {
    id: id as RoomId,
    name: null,
    ownerId: ANN,
    max: 8,
    passwordHash: null,
    locked: false,
    persistent: false,
    listed: false,
    emptySeconds: 86_400,
    createdAt: NOW,
    hasBans: false,
    ...over,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
