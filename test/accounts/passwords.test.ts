import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/accounts/passwords.ts';
import { HASHES_AT_ONCE, HASHES_WAITING } from '../../src/protocol/limits.ts';
import { cheapPasswords } from '../support/accounts.ts';

describe('passwords', () => {
  it('are told right from wrong', async () => {
    const { hash, verify } = cheapPasswords();
    const stored = await hash('correct horse');
    expect(await verify('correct horse', stored)).toBe(true);
    for (const wrong of ['correct horsf', 'Correct horse', 'correct horse ', '', stored]) {
      expect(await verify(wrong, stored)).toBe(false);
    }
  });

  it('are kept with their cost and a salt of their own', async () => {
    const { hash } = cheapPasswords();
    const [one, two] = [await hash('correct horse'), await hash('correct horse')];
    expect(one).toMatch(/^\$scrypt\$ln=4,r=1,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
  });

  it('are verified at the cost that they were hashed with', async () => {
    const stored = await createPasswords({ ln: 5, r: 2, p: 1 }).hash('correct horse');
    expect(await cheapPasswords().verify('correct horse', stored)).toBe(true);
  });

  it('cost what OWASP asks for, by default', async () => {
    const stored = await createPasswords().hash('correct horse');
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  });

  it('are the same however an accent was typed', async () => {
    const { hash, verify } = cheapPasswords();
    expect(await verify('cafe\u0301 au lait', await hash('caf\u00e9 au lait'))).toBe(true);
  });

  it('wait for their turn in a bounded queue, and are refused beyond it', async () => {
    const { hash } = cheapPasswords();
    const room = HASHES_AT_ONCE + HASHES_WAITING;
    const results = await Promise.allSettled(Array.from({ length: room + 3 }, () => hash('correct horse')));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(results.length - refused.length).toBe(room);
    expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', retryAfterMs: 1_000 } });
    expect(await hash('correct horse')).toMatch(/^\$scrypt/);
  });

  it('refuse a stored text of no known form', async () => {
    await expect(cheapPasswords().verify('x', '$2b$10$abc')).rejects.toThrow('no known form');
    expect(await cheapPasswords().hash('still served')).toMatch(/^\$scrypt/);
  });
});
