import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { secretKeys } from '../../src/accounts/keys.ts';
import { createPasswords, type Passwords } from '../../src/lib/passwords.ts';
import type { SqliteStore } from '../../src/store/sqlite/open.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords, identity, PLAIN, SECRET } from '../support/server/accounts.ts';
import { temporaryStore } from '../support/server/database.ts';

const ANN = { email: 'ann@example.org', password: 'correct horse' };
const FROM = { address: '192.0.2.1', userAgent: null };

describe('signing in with a password', () => {
  it('[AC2] hashes once, at the same cost, whether the password is wrong or the address unknown', async () => {
    const { signIn, hashes } = await setUp();
    await expect(signIn({ ...ANN, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    const wrong = hashes.splice(0);
    await expect(signIn({ ...ANN, email: 'nobody@example.org' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(wrong).toEqual(['$scrypt$ln=4,r=1,p=1,form=nfc']);
    expect(hashes).toEqual(wrong);
  });

  it('hashes a right password anew if the cost has changed, and then no more', async () => {
    const before = await setUp();
    const dearer = createPasswords({ cost: { ln: 5, r: 1, p: 1 } });
    const { signIn, hashes, store } = await setUp({ store: before.store, passwords: dearer });
    const stored = async () => (await store.credentials.findByEmail(ANN.email))?.passwordHash;
    await expect(signIn({ ...ANN, password: 'wrong' })).rejects.toThrow();
    expect(await stored()).toMatch(/^\$scrypt\$ln=4,/);
    await signIn(ANN);
    expect(await stored()).toMatch(/^\$scrypt\$ln=5,/);
    hashes.length = 0;
    await signIn(ANN);
    expect(hashes).toHaveLength(1);
  });

  it('succeeds twice at once while the cost changes, whichever hash is stored first', async () => {
    const { store, userId } = await setUp();
    const dearer = createPasswords({ cost: { ln: 5, r: 1, p: 1 } });
    const { signIn } = await setUp({ store, passwords: dearer });
    await Promise.all([signIn(ANN), signIn(ANN), signIn(ANN)]);
    expect(await store.logins.ofUser(userId, 0)).toHaveLength(4);
  });

  it('changes a password that a sign-in hashes anew meanwhile', async () => {
    const { store, userId, during, change, signIn } = await setUp();
    const known = await store.credentials.findByUser(userId);
    const same = await cheapPasswords().hash(ANN.password, { network: '', user: '' });
    during(() => store.credentials.rehash(userId, known?.passwordHash ?? '', same));
    await change(ANN.password, 'battery staple');
    await signIn({ ...ANN, password: 'battery staple' });
  });

  it('begins no login if the password is changed while it is checked', async () => {
    const { signIn, store, userId, during } = await setUp();
    const known = await store.credentials.findByUser(userId);
    const to = await cheapPasswords().hash('battery staple', { network: '', user: '' });
    const change = { userId, from: known?.passwordHash ?? '', to, keep: null, at: 0 };
    during(() => store.credentials.changePassword(change));
    await expect(signIn(ANN)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(await store.logins.ofUser(userId, 0)).toEqual([]);
  });
});

/** Ann is registered. `hashes` collects the form of each stored hash that a password is compared with. */
async function setUp({ store = temporaryStore(), passwords = cheapPasswords() }: Partial<SetUp> = {}) {
  const clock = new FakeClock();
  const hashes: string[] = [];
  let meanwhile = (): unknown => undefined;
  const accounts = await createAccounts({
    ...PLAIN,
    store,
    clock,
    keys: await secretKeys(SECRET),
    guests: { take: () => 0 },
    passwords: {
      ...passwords,
      async verify(password, stored, of) {
        hashes.push(stored.split('$').slice(0, 3).join('$'));
        const isRight = await passwords.verify(password, stored, of);
        await meanwhile();
        return isRight;
      },
    },
  });
  const registrant = { ...FROM, identity: undefined, confirm: async () => {} };
  const known = await store.credentials.findByEmail(ANN.email);
  if (known === undefined) await accounts.registration.register(ANN, registrant);
  const userId = known?.userId ?? (await store.credentials.findByEmail(ANN.email))?.userId;
  if (userId === undefined) throw new Error('Ann is not registered');
  return {
    store,
    userId,
    hashes,
    signIn: (request: typeof ANN) => accounts.passwords.signIn(request, FROM),
    change: (current: string, next: string) =>
      accounts.passwords.change(
        { current, new: next },
        { identity: identity(userId, { loginId: null }), address: FROM.address, confirm: async () => {} },
      ),
    during(run: () => unknown) {
      meanwhile = run;
    },
  };
}

interface SetUp {
  readonly store: SqliteStore;
  readonly passwords: Passwords;
}
