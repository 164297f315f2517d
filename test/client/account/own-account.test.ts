import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Account,
  ParleyClientError,
  register,
  signInAsGuest,
  users,
} from '../../../src/client/index.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';
import { FakeBrowser } from '../support/tabs.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

/** What the account reports, in order. */
function record(account: Account): string[] {
  const events: string[] = [];
  account.on('changed', ({ displayName, status, kind }) => events.push(`${displayName} ${status} ${kind}`));
  account.on('ended', ({ code }) => events.push(`ended ${code}`));
  return events;
}

describe('a profile', () => {
  it('is changed field by field, which all tabs learn, and stays as it is in the storage', async () => {
    const browser = new FakeBrowser();
    const [here, there] = [browser.open(), browser.open()];
    const account = await here.signInAsGuest(server.url);
    const other = there.restore(server.url);
    const [events, others] = [record(account), record(other)];
    const changed = await account.update({ displayName: 'Ada', bio: 'Countess\nof Lovelace' });
    expect(changed).toMatchObject({ displayName: 'Ada', bio: 'Countess\nof Lovelace', username: null });
    expect(account.user).toEqual(changed);
    expect(other.user).toEqual(changed);
    expect(await other.update({ bio: null })).toMatchObject({ displayName: 'Ada', bio: null });
    expect(account.user).toEqual(other.user);
    expect(events).toEqual(['Ada offline guest', 'Ada offline guest']);
    expect(others).toEqual(events);
    expect(here.restore(server.url).user).toEqual(account.user);
    // A change of the profile keeps the tokens, which another tab may have renewed meanwhile.
    const renewed = await account.token(true);
    await other.update({ displayName: 'Ada L.' });
    expect(await account.token()).toBe(renewed);
    expect(await here.restore(server.url).token()).toBe(renewed);
  });

  it('names the fields that were refused, and changes nothing', async () => {
    const account = await signInAsGuest({ baseUrl: server.url, displayName: 'Ada' });
    const events = record(account);
    const refused = account.update({
      username: 'x',
      avatarUrl: 'http://example.org/a.png',
      displayName: 'Eve',
    });
    const error: unknown = await refused.catch((thrown) => thrown);
    if (!(error instanceof ParleyClientError)) throw new Error('an SDK error was expected');
    expect(error.code).toBe('validation_failed');
    expect(error.errors).toEqual([
      { path: 'username', message: expect.stringContaining('3 to 32') },
      { path: 'avatarUrl', message: expect.stringContaining('https') },
    ]);
    expect(account.user.displayName).toBe('Ada');
    expect(events).toEqual([]);
    const taken = await signInAsGuest({ baseUrl: server.url, username: 'ada' });
    expect(taken.user.username).toBe('ada');
    const conflict = account.update({ username: 'ADA' });
    await expect(conflict).rejects.toMatchObject({ code: 'username_taken', errors: [] });
  });

  it('[AC4] has a status in two parts', async () => {
    const account = await signInAsGuest({ baseUrl: server.url });
    expect(await account.setStatus('dnd', 'writing')).toMatchObject({ customStatus: 'writing' });
    expect(await account.setStatus('idle')).toMatchObject({ customStatus: 'writing' });
    expect(await account.setStatus('online', null)).toMatchObject({ customStatus: null });
    expect(account.user.customStatus).toBeNull();
  });

  it('is the account’s own even if the access token has expired by the server’s clock', async () => {
    const tab = new FakeBrowser().open();
    const account = await tab.signInAsGuest(server.url);
    const kept = JSON.parse(tab.storage.getItem('parley.account') ?? '');
    // As if this machine's clock had been set back: the token looks fresh, and the server refuses it.
    tab.storage.setItem('parley.account', JSON.stringify({ ...kept, accessToken: 'expired' }));
    expect(await account.update({ displayName: 'Ada' })).toMatchObject({ displayName: 'Ada' });
  });
});

describe('the logins of a user', () => {
  it('[AC6] are listed, and ending this one, or all, ends the account in all tabs', async () => {
    for (const endAll of [true, false]) {
      const browser = new FakeBrowser();
      const tab = browser.open();
      const account = await tab.signInAsGuest(server.url);
      const other = browser.open().restore(server.url);
      const [events, others] = [record(account), record(other)];
      const [login, ...more] = await account.logins.list();
      expect(more).toEqual([]);
      expect(login?.current).toBe(true);
      expect(Date.parse(login?.lastUsedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(login?.createdAt ?? ''));
      await expect(account.logins.end('another’s')).rejects.toMatchObject({ code: 'not_found' });
      expect(events).toEqual([]);
      await (endAll ? account.logins.endAll() : account.logins.end(login?.id ?? ''));
      expect(events).toEqual(['ended unauthorized']);
      expect(others).toEqual(events);
      expect([...browser.kept.keys()]).toEqual([]);
      await expect(other.token()).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });
});

describe('deleting a user', () => {
  it('[AC5] ends the account in all tabs, and needs the password if there is one', async () => {
    const browser = new FakeBrowser();
    const guest = await browser.open().signInAsGuest(server.url);
    const other = browser.open().restore(server.url);
    const [events, others] = [record(guest), record(other)];
    await guest.remove();
    expect([events, others]).toEqual([['ended unauthorized'], ['ended unauthorized']]);
    expect([...browser.kept.keys()]).toEqual([]);
    await expect(guest.token()).rejects.toMatchObject({ code: 'unauthorized' });

    const [email, password] = ['ada@example.org', 'analytical engine'];
    const ada = await register({ baseUrl: server.url, email, password });
    const heard = record(ada);
    await expect(ada.remove('wrong')).rejects.toMatchObject({ code: 'wrong_password' });
    await expect(ada.remove()).rejects.toMatchObject({ code: 'wrong_password' });
    expect(heard).toEqual([]);
    await ada.remove(password);
    expect(heard).toEqual(['ended unauthorized']);
    await expect(ada.update({ bio: 'gone' })).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('other users', () => {
  it('are neither shown nor listed to guests', async () => {
    const ada = await signInAsGuest({ baseUrl: server.url });
    await expect(users.get(ada, ada.user.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(users.list(ada)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
