import { describe, expect, it } from 'vitest';
import { createRoom, findRoom, restoreAccount, signInAsGuest } from '../../../src/client/index.ts';
import { lastingServer } from '../support/lasting-server.ts';
import { lossyProxy } from '../support/lossy-proxy.ts';

const server = lastingServer();

describe('an account', () => {
  it('is created, creates a room, finds it, and is told what does not exist', async () => {
    const account = await signInAsGuest({ baseUrl: `${server.url}/`, displayName: 'Ann' });
    expect(account.user).toMatchObject({ displayName: 'Ann', kind: 'guest' });
    const { room, url } = await createRoom(account, { name: 'Tea', max: 3 });
    expect(url).toContain(room.id);
    expect(await findRoom(account, room.id)).toMatchObject({ id: room.id, name: 'Tea', max: 3 });
    await expect(findRoom(account, crypto.randomUUID())).rejects.toMatchObject({ code: 'room_not_found' });
    await expect(createRoom(account, { max: 1 })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('[TK5] is stored and restored, and two tabs share one login without ending it', async () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const first = await signInAsGuest({ baseUrl: server.url, storage });
    const second = restoreAccount({ baseUrl: server.url, storage });
    if (second === null) throw new Error('the account was not kept');
    const before = await first.token();
    expect(await second.token()).toBe(before);
    const renewed = await first.token(true);
    expect(renewed).not.toBe(before);
    // That used the second tab's refresh token up; it takes the one that the first has stored.
    expect(await second.token(true)).toBe(renewed);
    await first.signOut();
    expect(restoreAccount({ baseUrl: server.url, storage })).toBeNull();
    await expect(first.token()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('[TK5] survives a lost answer to a refresh: it sends the same old token once more, in time', async () => {
    const proxy = await lossyProxy(server.url);
    try {
      const account = await signInAsGuest({ baseUrl: proxy.url });
      proxy.lose('/auth/refresh', 1);
      const renewed = await account.token(true);
      const me = await fetch(`${server.url}/auth/me`, { headers: { authorization: `Bearer ${renewed}` } });
      expect(me.status).toBe(200);
      await expect(account.token(true)).resolves.not.toBe(renewed);
    } finally {
      await proxy.close();
    }
  });

  it('refreshes once if several callers want a token at the same time', async () => {
    const account = await signInAsGuest({ baseUrl: server.url });
    const tokens = await Promise.all([account.token(true), account.token(true), account.token(true)]);
    expect(new Set(tokens).size).toBe(1);
  });

  it('tells an unreachable server from one that refuses', async () => {
    const account = await signInAsGuest({ baseUrl: server.url });
    await server.close();
    await expect(account.token(true)).rejects.toMatchObject({ code: 'network' });
    await server.startAgain();
    await expect(account.token(true)).resolves.toBeTypeOf('string');
  });
});
