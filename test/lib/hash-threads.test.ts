import { scryptSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type HashOrder, HashThreads, scryptOptions } from '../../src/lib/hash-threads.ts';

const COST = { ln: 4, r: 1, p: 1 };

function order(password: string, over: Partial<HashOrder> = {}): HashOrder {
  return { password, salt: Buffer.from('salt'), bytes: 32, cost: COST, ...over };
}

describe('threads that hash', () => {
  const threads = new HashThreads();
  afterEach(() => threads.close());

  it('compute what scrypt computes, several at once', async () => {
    const passwords = ['correct horse', 'пароль', ''];
    const hashes = await Promise.all(passwords.map((password) => threads.derive(order(password))));
    expect(hashes).toEqual(
      passwords.map((password) => scryptSync(password, 'salt', 32, scryptOptions(COST))),
    );
  });

  it('reject a hash that fails, and compute the next one', async () => {
    // scrypt takes a power of two that is larger than one.
    await expect(threads.derive(order('ann', { cost: { ...COST, ln: 0 } }))).rejects.toThrow();
    expect(await threads.derive(order('ann'))).toHaveLength(32);
  });

  it('reject what they compute when they are closed, and start again', async () => {
    await threads.derive(order('ann'));
    const late = expect(threads.derive(order('ann', { cost: { ln: 15, r: 8, p: 3 } }))).rejects.toThrow(
      'the thread that hashes passwords has ended',
    );
    await threads.close();
    await late;
    expect(await threads.derive(order('ann'))).toHaveLength(32);
  });
});
