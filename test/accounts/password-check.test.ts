import { describe, expect, it } from 'vitest';
import { createPasswordCheck, KNOWN_NETWORKS } from '../../src/accounts/password-check.ts';
import { createPasswords, HASHES_WAITING } from '../../src/lib/passwords.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords } from '../support/server/accounts.ts';

const PASSWORD = 'correct horse';
const HOME = '198.51.100.1';
const AWAY = '203.0.113.1';

/** Nothing is late for long: what is delayed comes in the next turn. */
class HastyClock extends FakeClock {
  override after(_ms: number, run: () => void): () => void {
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  }
}

describe('the check of a password', () => {
  it('[AC2] lets the owner in from a network where it was right before, whatever comes from everywhere else', async () => {
    const { attempt } = await setUp();
    expect(await attempt(PASSWORD, HOME)).toBe(true);
    const flood = Array.from({ length: 2 * HASHES_WAITING }, (_, n) =>
      attempt('a guess', `10.0.${n}.1`).catch(() => 'refused'),
    );
    const owner = attempt(PASSWORD, HOME);
    await expect(attempt(PASSWORD, AWAY)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await owner).toBe(true);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([false, 'refused']));
  });

  it('knows a network by a right password only, and for that account only', async () => {
    const { attempt, works } = await setUp();
    await attempt('a guess', HOME);
    await attempt(PASSWORD, HOME);
    await attempt('a guess', HOME);
    await attempt(PASSWORD, HOME, 'ben@example.org');
    await attempt(PASSWORD, AWAY);
    const [stranger, home] = ['accounts', 'accounts, from home'];
    expect(works).toEqual([stranger, stranger, home, stranger, stranger]);
  });

  it('forgets the network that was known for longest if there are too many', async () => {
    const { attempt, works } = await setUp({ verify: async () => true });
    for (let n = 0; n <= KNOWN_NETWORKS; n += 1)
      await attempt(PASSWORD, `10.${n >> 14}.${(n >> 7) & 127}.${n & 127}`);
    works.length = 0;
    await attempt(PASSWORD, '10.0.0.1');
    await attempt(PASSWORD, '10.0.0.0');
    expect(works).toEqual(['accounts, from home', 'accounts']);
  });
});

async function setUp(over: { verify?: () => Promise<boolean> } = {}) {
  const passwords = createPasswords({ cost: { ln: 4, r: 1, p: 1 }, atOnce: 1 });
  const passwordHash = await cheapPasswords().hash(PASSWORD, { network: '', user: '' });
  const works: unknown[] = [];
  const verify = over.verify ?? passwords.verify;
  const check = createPasswordCheck({
    clock: new HastyClock(),
    limitHits: { hit: () => {} },
    passwords: {
      unmatched: passwords.unmatched,
      verify(password, stored, of) {
        works.push(of.work);
        return verify(password, stored, of);
      },
    },
  });
  const attempt = (password: string, address: string, emailKey = 'ann@example.org') =>
    check({ password, emailKey, passwordHash, address });
  return { works, attempt };
}
