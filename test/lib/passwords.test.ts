import { describe, expect, it } from 'vitest';
import { createPasswords, HASHES_WAITING_PER_USER } from '../../src/lib/passwords.ts';
import { cheapPasswords } from '../support/server/accounts.ts';

const ANN = { user: 'ann', network: '192.0.2.1' };

describe('passwords', () => {
  it('are accepted if right and refused if wrong', async () => {
    const { hash, verify } = cheapPasswords();
    const stored = await hash('correct horse', ANN);
    expect(await verify('correct horse', stored, ANN)).toBe(true);
    for (const wrong of ['correct horsf', 'Correct horse', 'correct horse ', '', stored]) {
      expect(await verify(wrong, stored, ANN)).toBe(false);
    }
  });

  it('are stored with their cost and their own salt', async () => {
    const { hash } = cheapPasswords();
    const [one, two] = [await hash('correct horse', ANN), await hash('correct horse', ANN)];
    expect(one).toMatch(/^\$scrypt\$ln=4,r=1,p=1,form=nfc\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
  });

  it('are verified at the cost they were hashed with', async () => {
    const stored = await createPasswords({ cost: { ln: 5, r: 2, p: 1 } }).hash('correct horse', ANN);
    expect(await cheapPasswords().verify('correct horse', stored, ANN)).toBe(true);
  });

  it('cost by default what OWASP recommends', async () => {
    const stored = await createPasswords().hash('correct horse', ANN);
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3,form=nfc\$/);
  });

  it('match however an accent was typed', async () => {
    const { hash, verify } = cheapPasswords();
    expect(await verify('cafe\u0301 au lait', await hash('caf\u00e9 au lait', ANN), ANN)).toBe(true);
  });

  it('[AC1] are hashed as NFC: what only looks alike is another password', async () => {
    const { hash, verify } = cheapPasswords();
    const stored = await hash('\ufb01rst of May', ANN);
    expect(await verify('\ufb01rst of May', stored, ANN)).toBe(true);
    expect(await verify('first of May', stored, ANN)).toBe(false);
  });

  it('[AC1] whose hashes were stored before, as NFKC, still match', async () => {
    const { verify, isCurrent } = cheapPasswords();
    const stored = '$scrypt$ln=4,r=1,p=1$AAECAwQFBgcICQoLDA0ODw$_OFUgZX6WTRtDzlA7rtAJmekLACziS1KI26i24UDtQI';
    for (const same of ['\ufb01rst of May', 'first of May'])
      expect(await verify(same, stored, ANN)).toBe(true);
    expect(await verify('last of May', stored, ANN)).toBe(false);
    expect(isCurrent(stored)).toBe(false);
  });

  it('tell hashes of another cost from those made today', async () => {
    const { hash, isCurrent } = cheapPasswords();
    expect(isCurrent(await hash('correct horse', ANN))).toBe(true);
    expect(isCurrent(await createPasswords({ cost: { ln: 4, r: 1, p: 2 } }).hash('correct horse', ANN))).toBe(
      false,
    );
  });

  it('have a stored form that none matches, of the same cost', async () => {
    const { unmatched, verify, isCurrent } = cheapPasswords();
    for (const any of ['', 'correct horse', unmatched]) expect(await verify(any, unmatched, ANN)).toBe(false);
    expect(isCurrent(unmatched)).toBe(true);
    expect(cheapPasswords().unmatched).not.toBe(unmatched);
  });

  it('are refused for a user who brings too many at once, and for nobody else', async () => {
    const { hash } = createPasswords({ cost: { ln: 4, r: 1, p: 1 }, atOnce: 1 });
    const hashes = Array.from({ length: 1 + HASHES_WAITING_PER_USER + 3 }, () => hash('correct horse', ANN));
    const neighbour = hash('correct horse', { user: 'bob', network: ANN.network });
    const results = await Promise.allSettled(hashes);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', retryAfterMs: 1_000 } });
    expect(await neighbour).toMatch(/^\$scrypt/);
  });

  it('refuse a stored hash of an unknown format', async () => {
    await expect(cheapPasswords().verify('x', '$2b$10$abc', ANN)).rejects.toThrow('unknown format');
    expect(await cheapPasswords().hash('still served', ANN)).toMatch(/^\$scrypt/);
  });
});
