import { describe, expect, it } from 'vitest';
import { LoginStore } from '../../../src/client/account/login-store.ts';
import type { SavedLogin } from '../../../src/client/account/saved-login.ts';
import { FakeBrowser } from '../support/tabs.ts';

const HERE = 'https://calls.example.org';
const THERE = 'https://calls.example.com';

function login(fields: Partial<SavedLogin> = {}): SavedLogin {
  const user: SavedLogin['user'] = {
    id: 'ann',
    username: 'ann',
    displayName: 'Ann',
    kind: 'registered',
    status: 'online',
    customStatus: null,
    avatarUrl: null,
    bio: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    email: 'ann@example.org',
    role: 'admin',
  };
  return { baseUrl: HERE, user, accessToken: 'access', refreshToken: 'refresh', expiresAt: 1, ...fields };
}

function open() {
  const browser = new FakeBrowser();
  const tab = browser.open();
  return { ...browser, tab, store: (baseUrl = HERE) => new LoginStore(tab.storage, baseUrl) };
}

describe('the stored login', () => {
  it('is what was saved, under the key parley.account, until it is removed', () => {
    const { kept, store } = open();
    expect(store().load()).toBeNull();
    expect(store().save(login())).toBe(true);
    expect([...kept.keys()]).toEqual(['parley.account']);
    expect(store().load()).toEqual(login());
    store().remove('bob');
    expect(store().load()).toEqual(login());
    store().remove('ann');
    expect(store().load()).toBeNull();
  });

  it('lives on if an earlier version saved it: neither the server nor the newer fields of the user', () => {
    const { tab, store } = open();
    const { baseUrl: _, ...saved } = login();
    const { customStatus, email, role, ...user } = saved.user;
    tab.storage.setItem('parley.account', JSON.stringify({ ...saved, user }));
    expect(store().load()).toEqual({
      ...saved,
      user: { ...user, customStatus: null, email: null, role: null },
    });
  });

  it('lives on if a later version saved it, with fields and values that this one doesn’t know', () => {
    const { tab, store } = open();
    const user = { ...login().user, kind: 'robot', status: { mood: 'fine' }, pronouns: 'she' };
    tab.storage.setItem('parley.account', JSON.stringify({ ...login(), user, version: 7 }));
    const { kind, status } = login().user;
    expect(store().load()).toEqual(login({ user: { ...login().user, kind, status } }));
  });

  it.each([
    ['text', 'no JSON'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a login without tokens', JSON.stringify({ ...login(), refreshToken: undefined })],
    ['a login of nobody', JSON.stringify({ ...login(), user: {} })],
  ])('is none if the storage has garbage: %s', (_, text) => {
    const { tab, store } = open();
    tab.storage.setItem('parley.account', text);
    expect(store().load()).toBeNull();
    expect(store().save(login())).toBe(true);
    expect(store().load()).toEqual(login());
  });

  it('is one per server: neither is handed to the other, whichever goes first', () => {
    for (const [one, other] of [
      [HERE, THERE],
      [THERE, HERE],
    ] as const) {
      const { kept, store } = open();
      store(one).save(login({ baseUrl: one, refreshToken: one }));
      expect(store(other).load()).toBeNull();
      store(other).save(login({ baseUrl: other, refreshToken: other }));
      expect([...kept.keys()]).toEqual(['parley.account', `parley.account ${other}`]);
      store(one).remove('ann');
      expect(store(one).load()).toBeNull();
      expect(store(other).load()?.refreshToken).toBe(other);
      store(one).save(login({ baseUrl: one, refreshToken: one }));
      expect(store(one).load()?.refreshToken).toBe(one);
      expect(store(other).load()?.refreshToken).toBe(other);
    }
  });

  it('is said not to be kept if the storage is full, and the one before is removed', () => {
    const { kept, tab, store } = open();
    store().save(login());
    tab.fill();
    expect(store().save(login({ refreshToken: 'next' }))).toBe(false);
    expect([...kept.keys()]).toEqual([]);
  });

  it('is unknown if the storage is forbidden, or there is none', () => {
    const { tab, store } = open();
    store().save(login());
    tab.forbid();
    expect(store().load()).toBeUndefined();
    expect(store().save(login())).toBe(false);
    store().remove('ann');
    const none = new LoginStore(undefined, HERE);
    expect([none.load(), none.save(login())]).toEqual([undefined, false]);
  });
});
