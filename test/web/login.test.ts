import { describe, expect, it } from 'vitest';
import { type Account, ParleyClientError } from '../../src/client/index.ts';
import { failureOf } from '../../src/web/failure.ts';
import { createLogin, type Sdk } from '../../src/web/login.ts';
import { createPrefs } from '../../src/web/prefs.ts';
import { fakeClient, memoryStorage, ROOM } from './fakes.ts';

const USER = { ...fakeClient().client.user, email: null, role: null };

function account(token: string): Account {
  const done = async () => {};
  return {
    baseUrl: '',
    user: USER,
    logins: { list: async () => [], end: done, endAll: done },
    on: () => () => {},
    token: async () => token,
    signOut: done,
    update: async () => USER,
    setStatus: async () => USER,
    changePassword: done,
    remove: done,
  };
}

/** A server that accepts one token. */
function setUp({ kept = null as Account | null, good = 'new' } = {}) {
  const calls: string[] = [];
  const names: (string | undefined)[] = [];
  const sdk: Sdk = {
    restoreAccount: () => kept,
    async signInAsGuest(options) {
      calls.push('signIn');
      names.push(options?.displayName);
      return account('new');
    },
    async findRoom(guest) {
      const token = await guest.token();
      calls.push(`find as ${token}`);
      if (token !== good) throw new ParleyClientError('unauthorized', 'sign in again');
      return ROOM;
    },
    createRoom: async () => ({ room: ROOM, url: '' }),
    connect: async () => fakeClient().client,
  };
  const prefs = createPrefs(memoryStorage());
  return { calls, names, prefs, login: createLogin({ sdk, storage: memoryStorage(), prefs }) };
}

describe('the login', () => {
  it('is created when first needed, and reused', async () => {
    const { calls, login } = setUp();
    expect(calls).toEqual([]);
    await login.findRoom(ROOM.id);
    await login.createRoom({ max: 8 });
    await login.connect();
    expect(calls).toEqual(['signIn', 'find as new']);
  });

  it('has the last name used as its display name', async () => {
    const { names, prefs, login } = setUp();
    prefs.set('name', 'Ann');
    await login.findRoom(ROOM.id);
    expect(names).toEqual(['Ann']);
  });

  it('is restored if one is stored', async () => {
    const { calls, login } = setUp({ kept: account('kept'), good: 'kept' });
    await login.findRoom(ROOM.id);
    expect(calls).toEqual(['find as kept']);
  });

  it('is created again if the stored one is no longer valid', async () => {
    const { calls, login } = setUp({ kept: account('stale') });
    await login.findRoom(ROOM.id);
    expect(calls).toEqual(['find as stale', 'signIn', 'find as new']);
  });

  it('is not created over and over', async () => {
    const { calls, login } = setUp({ good: 'none' });
    await expect(login.findRoom(ROOM.id)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(calls).toEqual(['signIn', 'find as new', 'signIn', 'find as new']);
  });
});

describe('a failure', () => {
  it('has the code and the waiting time of the SDK’s error', () => {
    const limited = new ParleyClientError('rate_limited', 'wait', { retryAfterMs: 4_000 });
    expect(failureOf(limited)).toEqual({ code: 'rate_limited', retryAfterMs: 4_000 });
  });

  it('is a network failure if the server didn’t answer in time', () => {
    expect(failureOf(new ParleyClientError('timeout', 'no answer')).code).toBe('network');
  });

  it('is unknown if the error isn’t the SDK’s', () => {
    expect(failureOf(new TypeError('x'))).toEqual({ code: 'unknown', retryAfterMs: 0 });
  });
});
