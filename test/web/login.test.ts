import { describe, expect, it } from 'vitest';
import { type Account, ParleyClientError } from '../../src/client/index.ts';
import { failureOf, invalidFieldsOf } from '../../src/web/failure.ts';
import { createLogin, type Sdk } from '../../src/web/login.ts';
import { createPrefs } from '../../src/web/prefs.ts';
import { ADA, fakeAccount, fakeClient, GUEST, memoryStorage, ROOM } from './fakes.ts';

const EVE = { ...ADA, id: 'u2' };
const CREDENTIALS = { email: 'ada@example.org', password: 'correct horse' };

function refusal(code: ParleyClientError['code']): ParleyClientError {
  return new ParleyClientError(code, code);
}

function guestWith(token: string): Account {
  return fakeAccount(GUEST, token).account;
}

/** A server that accepts one token, and a storage that holds `kept`. */
function setUp({
  kept = null as Account | null,
  good = 'new',
  guests = true,
  whenGuestRegisters = async (_: Account): Promise<void> => {},
} = {}) {
  const calls: string[] = [];
  const names: (string | undefined)[] = [];
  const stored = { account: kept };
  let tellOfOtherTab: (account: Account | null) => void = () => {};
  const checked = async (account: Pick<Account, 'token'>) => {
    if ((await account.token()) !== good) throw refusal('unauthorized');
  };
  const keep = (account: Account) => {
    stored.account = account;
    return account;
  };
  const sdk: Sdk = {
    restoreAccount: () => stored.account,
    watchAccount(_, listener) {
      tellOfOtherTab = listener;
      return () => {};
    },
    async signInAsGuest(options) {
      calls.push('signIn');
      names.push(options?.displayName);
      return keep(guestWith('new'));
    },
    async findRoom(guest) {
      const token = await guest.token();
      calls.push(`find as ${token}`);
      await checked(guest);
      return ROOM;
    },
    rooms: { update: async () => ({ room: ROOM, etag: undefined }) },
    async createRoom(account) {
      await checked(account);
      return { room: ROOM, url: '' };
    },
    connect: async () => fakeClient().client,
    async register({ guest, invite }) {
      if (guest !== undefined) await whenGuestRegisters(guest);
      calls.push(`register ${guest === undefined ? 'anew' : 'the guest'}${invite ? ` with ${invite}` : ''}`);
      if (guest !== undefined) await checked(guest);
      return keep(fakeAccount(ADA, good).account);
    },
    signIn: async () => keep(fakeAccount(ADA, good).account),
    setUp: async () => keep(fakeAccount({ ...ADA, role: 'admin' }, good).account),
    resetPassword: async ({ token }) => void calls.push(`reset with ${token}`),
    signInWithOidc: (options) => void calls.push(`provider for ${options?.roomId ?? 'home'}`),
    finishSignIn: () => Promise.reject(refusal('access_denied')),
  };
  const prefs = createPrefs(memoryStorage());
  const login = createLogin({ sdk, storage: memoryStorage(), prefs, guests });
  return {
    calls,
    names,
    prefs,
    stored,
    login,
    tellOfOtherTab: (next: Account | null) => tellOfOtherTab(next),
  };
}

describe('the login of a guest', () => {
  it('is created when first needed, and reused', async () => {
    const { calls, login } = setUp();
    expect(calls).toEqual([]);
    await login.findRoom(ROOM.id);
    await login.createRoom({ max: 8 });
    await login.connect('');
    expect(calls).toEqual(['signIn', 'find as new']);
  });

  it('has the last name used as its display name', async () => {
    const { names, prefs, login } = setUp();
    prefs.set('name', 'Ann');
    await login.findRoom(ROOM.id);
    expect(names).toEqual(['Ann']);
  });

  it('is restored if one is stored', async () => {
    const { calls, login } = setUp({ kept: guestWith('kept'), good: 'kept' });
    await login.findRoom(ROOM.id);
    expect(calls).toEqual(['find as kept']);
  });

  it('is created again if the stored one is no longer valid', async () => {
    const { calls, login } = setUp({ kept: guestWith('stale') });
    await login.findRoom(ROOM.id);
    expect(calls).toEqual(['find as stale', 'signIn', 'find as new']);
  });

  it('is not created over and over', async () => {
    const { calls, login } = setUp({ good: 'none' });
    await expect(login.findRoom(ROOM.id)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(calls).toEqual(['signIn', 'find as new', 'signIn', 'find as new']);
  });

  it('is created once for two requests at the same time', async () => {
    const { calls, login } = setUp();
    await Promise.all([login.findRoom(ROOM.id), login.createRoom({})]);
    expect(calls.filter((call) => call === 'signIn')).toHaveLength(1);
  });

  it('isn’t created on a server without guests', async () => {
    const { calls, login } = setUp({ guests: false });
    await expect(login.findRoom(ROOM.id)).rejects.toMatchObject({ code: 'guests_off' });
    expect(login.hasAccount.value).toBe(false);
    expect(calls).toEqual([]);
  });

  it('shows nobody as signed in', async () => {
    const { login } = setUp();
    await login.findRoom(ROOM.id);
    expect([login.user.value, login.hasAccount.value]).toEqual([null, true]);
    expect(() => login.account()).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  });
});

describe('registering', () => {
  it('makes the guest a registered user', async () => {
    const { calls, login } = setUp({ kept: guestWith('new') });
    await login.register({ ...CREDENTIALS, displayName: '', invite: 'i1' });
    expect(calls).toEqual(['register the guest with i1']);
    expect(login.user.value).toEqual(ADA);
  });

  it('makes a new user if the guest’s login has ended', async () => {
    const { calls, login } = setUp({ kept: guestWith('stale') });
    await login.register({ ...CREDENTIALS, displayName: 'Ada', invite: null });
    expect(calls).toEqual(['register the guest', 'register anew']);
  });

  it('is done if the guest turns out to be registered, as after a lost reply', async () => {
    const { account, emit } = fakeAccount(GUEST, 'new');
    const { login, calls } = setUp({
      kept: account,
      async whenGuestRegisters() {
        account.user = ADA;
        emit('changed', ADA);
        throw refusal('already_registered');
      },
    });
    await login.register({ ...CREDENTIALS, displayName: 'Ada', invite: null });
    expect([login.user.value, calls]).toEqual([ADA, []]);
  });

  it('is refused in words if that user can’t be brought', async () => {
    const whenGuestRegisters = () => Promise.reject(refusal('already_registered'));
    const { login } = setUp({ kept: guestWith('new'), whenGuestRegisters });
    await expect(login.register({ ...CREDENTIALS, displayName: 'Ada', invite: null })).rejects.toMatchObject({
      code: 'already_registered',
    });
  });

  it('makes a new user if nobody is there', async () => {
    const { calls, login } = setUp();
    await login.register({ ...CREDENTIALS, displayName: 'Ada', invite: null });
    expect(calls).toEqual(['register anew']);
  });
});

describe('the login of a person', () => {
  it('is over once their password was reset, without a word about it', async () => {
    const ada = fakeAccount(ADA);
    const { login, stored } = setUp({ kept: ada.account });
    ada.account.token = async () => {
      stored.account = null;
      ada.emit('ended', refusal('unauthorized'));
      throw refusal('unauthorized');
    };
    await login.resetPassword('t1', 'correct horse');
    expect([login.user.value, login.wasSignedOut.value]).toEqual([null, false]);
  });

  it('is restored', () => {
    expect(setUp({ kept: fakeAccount(ADA).account }).login.user.value).toEqual(ADA);
  });

  it('follows changes of the account, also those of another tab', () => {
    const ada = fakeAccount(ADA);
    const { login } = setUp({ kept: ada.account });
    ada.account.user = { ...ADA, displayName: 'Ada L.' };
    ada.emit('changed', ada.account.user);
    expect(login.user.value?.displayName).toBe('Ada L.');
  });

  it('ends when another tab signs out, and says so', () => {
    const ada = fakeAccount(ADA);
    const { login, stored } = setUp({ kept: ada.account });
    stored.account = null;
    ada.emit('ended', refusal('unauthorized'));
    expect([login.user.value, login.wasSignedOut.value]).toEqual([null, true]);
  });

  it('is replaced when another tab signs in as somebody else', () => {
    const ada = fakeAccount(ADA);
    const { login, stored } = setUp({ kept: ada.account });
    stored.account = fakeAccount(EVE).account;
    ada.emit('ended', refusal('unauthorized'));
    expect([login.user.value, login.wasSignedOut.value]).toEqual([EVE, false]);
  });

  it('begins when another tab signs in', () => {
    const { login, tellOfOtherTab } = setUp();
    tellOfOtherTab(fakeAccount(ADA).account);
    expect(login.user.value).toEqual(ADA);
  });

  it('isn’t said to have ended by the person’s own sign-out', async () => {
    const ada = fakeAccount(ADA);
    const { login } = setUp({ kept: ada.account });
    await login.signOut();
    expect(ada.done).toEqual(['sign out']);
    expect([login.user.value, login.wasSignedOut.value]).toEqual([null, false]);
  });

  it('doesn’t become a guest’s unasked when it has ended', async () => {
    const ada = fakeAccount(ADA, 'stale');
    const { calls, login, stored } = setUp({ kept: ada.account });
    stored.account = null;
    await expect(login.createRoom({})).rejects.toMatchObject({ code: 'unauthorized' });
    expect([login.user.value, login.wasSignedOut.value, calls]).toEqual([null, true, []]);
    await login.createRoom({});
    expect(calls).toEqual(['signIn']);
  });

  it('gives way to a guest’s for looking at a call', async () => {
    const ada = fakeAccount(ADA, 'stale');
    const { calls, login, stored } = setUp({ kept: ada.account });
    stored.account = null;
    await login.findRoom(ROOM.id);
    expect(calls).toEqual(['find as stale', 'signIn', 'find as new']);
  });
});

describe('signing in at the provider', () => {
  it('names the call to come back to', async () => {
    const { calls, login } = setUp();
    await login.signInAtProvider(ROOM.id);
    await login.signInAtProvider(null);
    expect(calls).toEqual([`provider for ${ROOM.id}`, 'provider for home']);
  });

  it('keeps why it failed', async () => {
    const { login } = setUp();
    const finished = login.finishSignIn();
    expect(login.finishing.value).toBe(true);
    await finished;
    expect(login.finishing.value).toBe(false);
    expect(login.providerFailure.value?.code).toBe('access_denied');
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

  it('names the fields that the server found invalid', () => {
    const errors = [{ path: 'email', message: 'must be an e-mail address' }];
    expect(invalidFieldsOf(new ParleyClientError('validation_failed', 'x', { errors }))).toEqual(['email']);
    expect(invalidFieldsOf(new ParleyClientError('forbidden', 'x'))).toEqual([]);
  });
});
