import { describe, expect, it } from 'vitest';
import { ParleyClientError } from '../../../src/client/index.ts';
import { createAsk } from '../../../src/web/admin/ask.ts';
import { ADA, fakeAccount } from '../fakes.ts';

function setUp() {
  const { account } = fakeAccount({ ...ADA, role: 'admin' });
  const refreshed: boolean[] = [];
  account.token = async (fresh = false) => {
    refreshed.push(fresh);
    return 'good';
  };
  return { refreshed, ask: createAsk({ account: () => account }) };
}

describe('a request of the console', () => {
  it('is made for the admin who is signed in', async () => {
    const { ask } = setUp();
    expect(await ask((account) => account.token())).toBe('good');
  });

  it('brings the user as it is now if it is forbidden: the role may have been taken away', async () => {
    const { ask, refreshed } = setUp();
    const forbidden = new ParleyClientError('forbidden', 'Only admins may do this.');
    await expect(ask(() => Promise.reject(forbidden))).rejects.toBe(forbidden);
    expect(refreshed).toEqual([true]);
  });

  it('leaves the login alone after any other refusal', async () => {
    const { ask, refreshed } = setUp();
    await expect(ask(() => Promise.reject(new ParleyClientError('network', 'away')))).rejects.toThrow('away');
    expect(refreshed).toEqual([]);
  });

  it('makes no guest once nobody is signed in', async () => {
    const signedOut = new ParleyClientError('unauthorized', 'Nobody is signed in.');
    const ask = createAsk({
      account() {
        throw signedOut;
      },
    });
    await expect(ask((account) => account.token())).rejects.toBe(signedOut);
  });
});
