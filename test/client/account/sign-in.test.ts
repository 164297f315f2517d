import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeResetToken } from '../../../src/accounts/resets.ts';
import {
  type Account,
  type Client,
  connect,
  createRoom,
  ParleyClientError,
  register,
  resetPassword,
  restoreAccount,
  setUp,
  signIn,
  signInAsGuest,
  users,
} from '../../../src/client/index.ts';
import { randomIds, type UserId } from '../../../src/domain/ids.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';
import { lossyProxy } from '../support/lossy-proxy.ts';
import { FakeBrowser } from '../support/tabs.ts';

const ADA = { email: 'Ada@example.org', password: 'analytical engine' };

let server: TestServer;
let clients: Client[];

beforeEach(async () => {
  clients = [];
  server = await startServer({ SIGN_INS_PER_MINUTE: '1000' });
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
});

const here = () => ({ baseUrl: server.url, ...ADA });

async function open(account: Account): Promise<Client> {
  const client = await connect({
    baseUrl: server.url,
    token: account.token,
    WebSocket,
  });
  clients.push(client);
  return client;
}

/** The code of the refusal and the fields that it names. */
async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.catch((thrown) => thrown);
  if (!(error instanceof ParleyClientError)) throw new Error('a refusal was expected');
  return [error.code, ...error.errors.map(({ path }) => path)].join(' ');
}

describe('registering', () => {
  it('signs in as a new user, whom the same address signs in again, in any case', async () => {
    const account = await register({ ...here(), displayName: 'Ada', username: 'ada' });
    expect(account.user).toMatchObject({ kind: 'registered', email: ADA.email, username: 'ada', role: null });
    const again = await signIn({ ...here(), email: 'ADA@EXAMPLE.ORG' });
    expect(again.user.id).toBe(account.user.id);
    expect(await again.logins.list()).toHaveLength(2);
    const { items, nextCursor } = await users.list(account, { q: 'AD', limit: 1 });
    expect([items.map(({ id }) => id), nextCursor]).toEqual([[account.user.id], null]);
    expect(await users.get(account, account.user.id)).toMatchObject({ displayName: 'Ada' });
    await expect(users.get(account, 'nobody/at all?')).rejects.toMatchObject({ code: 'user_not_found' });
  });

  it('makes a guest registered: the same account object, id, rooms and session, in all tabs', async () => {
    const browser = new FakeBrowser();
    const guest = await browser.open().signInAsGuest(server.url);
    const other = browser.open().restore(server.url);
    const events: string[] = [];
    for (const account of [guest, other]) account.on('changed', ({ kind }) => events.push(kind));
    const { room } = await createRoom(guest);
    const client = await open(other);
    const account = await register({ ...here(), guest });
    expect(account).toBe(guest);
    expect(events).toEqual(['registered', 'registered']);
    expect(other.user).toMatchObject({ id: room.ownerId, kind: 'registered', email: ADA.email });
    expect(await other.token()).toBe(await account.token());
    expect(await account.logins.list()).toHaveLength(1);
    expect(client.state).toBe('live');
    await expect(register({ ...here(), guest })).rejects.toMatchObject({ code: 'already_registered' });
  });

  it('shows in the account if only its reply was lost, as soon as the guest tries again', async () => {
    const proxy = await lossyProxy(server.url);
    try {
      const guest = await signInAsGuest({ baseUrl: proxy.url });
      proxy.lose('/auth/register', 1);
      expect(await refusalOf(register({ ...here(), guest }))).toBe('network');
      expect(guest.user.kind).toBe('guest');
      expect(await refusalOf(register({ ...here(), guest }))).toBe('already_registered');
      expect(guest.user).toMatchObject({ kind: 'registered', email: ADA.email });
    } finally {
      await proxy.close();
    }
  });

  it('says what was wrong, field by field, and leaves the guest as it was', async () => {
    await register({ ...here(), username: 'ada' });
    const guest = await signInAsGuest({ baseUrl: server.url });
    expect(await refusalOf(register({ ...here(), guest, email: 'ada', password: 'short' }))).toBe(
      'validation_failed email password',
    );
    expect(await refusalOf(register({ ...here(), guest }))).toBe('email_taken');
    expect(await refusalOf(register({ ...here(), guest, email: 'b@example.org', username: 'Ada' }))).toBe(
      'username_taken',
    );
    expect(guest.user.kind).toBe('guest');
    expect(await refusalOf(signIn({ ...here(), password: 'wrong' }))).toBe('invalid_credentials');
    await guest.signOut();
    expect(await refusalOf(register({ ...here(), guest, email: 'b@example.org' }))).toBe('unauthorized');
    await expect(register({ ...here(), guest: { ...guest } })).rejects.toThrow(TypeError);
  });
});

describe('a session', () => {
  it('goes on with the next login of the same user in the storage, and ends with the last', async () => {
    const { storage } = new FakeBrowser().open();
    const client = await open(await register({ ...here(), storage }));
    const isLive = new Promise<void>((resolve) =>
      client.on('state', (state) => state === 'live' && resolve()),
    );
    const closed = new Promise<string>((resolve) => client.on('closed', ({ code }) => resolve(code)));
    const again = await signIn({ ...here(), storage });
    const before = (await again.logins.list()).find(({ current }) => !current);
    await again.logins.end(before?.id ?? '');
    await isLive;
    await again.signOut();
    expect(await closed).toBe('unauthorized');
  });
});

describe('a password', () => {
  it('is changed by its owner, which ends all other logins', async () => {
    const account = await register(here());
    const other = await signIn(here());
    expect(await refusalOf(account.changePassword('wrong', 'difference engine'))).toBe('wrong_password');
    expect(await refusalOf(account.changePassword(ADA.password, 'short'))).toMatch(/^validation_failed/);
    await account.changePassword(ADA.password, 'difference engine');
    expect(await refusalOf(other.token(true))).toBe('unauthorized');
    await account.token(true);
    expect(await refusalOf(signIn(here()))).toBe('invalid_credentials');
    await signIn({ ...here(), password: 'difference engine' });
    const guest = await signInAsGuest({ baseUrl: server.url });
    expect(await refusalOf(guest.changePassword(ADA.password, 'difference engine'))).toBe('forbidden');
  });

  it('is reset by the token of a link, once, which ends all logins', async () => {
    const account = await register(here());
    const store = openStore(server.config.databasePath);
    // The schema's ids are text; here is one that the server has made.
    const token = await makeResetToken(account.user.id as UserId, {
      ...store,
      clock: systemClock,
      ids: randomIds,
    });
    store.close();
    const link = { baseUrl: server.url, token, password: 'difference engine' };
    expect(await refusalOf(resetPassword({ ...link, password: 'short' }))).toBe('validation_failed password');
    await resetPassword(link);
    expect(await refusalOf(resetPassword(link))).toBe('invalid_token');
    expect(await refusalOf(account.token(true))).toBe('unauthorized');
    expect((await signIn({ ...here(), password: 'difference engine' })).user.id).toBe(account.user.id);
  });
});

describe('the set-up', () => {
  it('[TK7] makes the first admin, who is kept in the storage, and no second one', async () => {
    const { storage } = new FakeBrowser().open();
    const first = { ...here(), storage, token: server.setupToken ?? '' };
    expect(await refusalOf(setUp({ ...first, token: 'guessed' }))).toBe('invalid_token');
    const admin = await setUp({ ...first, displayName: 'Ada' });
    expect(admin.user).toMatchObject({ role: 'admin', displayName: 'Ada' });
    expect(restoreAccount({ baseUrl: server.url, storage })?.user).toEqual(admin.user);
    expect(await refusalOf(setUp({ ...first, email: 'b@example.org' }))).toBe('forbidden');
    const guest = await signInAsGuest({ baseUrl: server.url });
    expect(await users.get(admin, guest.user.id)).toMatchObject({ kind: 'guest', role: null, email: null });
  });
});
