import { blockKey, networkKey } from '../lib/addresses.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { TurnOf } from '../lib/fair-turns.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Passwords } from '../lib/passwords.ts';
import { WrongPasswords } from './wrong-passwords.ts';

/** Max pairs of an account and a network that are known, about 5 MB. */
export const KNOWN_NETWORKS = 16_384;

/** A try at an account's password. */
export interface PasswordTry {
  readonly password: string;
  /** The account that is tried, whether it exists or not. */
  readonly emailKey: string;
  /** The account's hash; null if there is no such account, or if it has no password. */
  readonly passwordHash: string | null;
  readonly address: string;
}

interface PasswordCheckDeps {
  readonly passwords: Pick<Passwords, 'verify' | 'unmatched'>;
  readonly limitHits: Pick<LimitHits, 'hit'>;
  readonly clock: Clock;
}

/**
 * Whether the password is right. A try at an account that doesn't exist takes the same work and the same time as a wrong
 * password, and counts in the same way [AC2].
 * @throws ParleyError `rate_limited` if too many passwords wait to be hashed
 */
export type PasswordCheck = (attempt: PasswordTry) => Promise<boolean>;

export function createPasswordCheck({ passwords, limitHits, clock }: PasswordCheckDeps): PasswordCheck {
  const wrong = new WrongPasswords(clock);
  /** Networks, with an account whose password came from there: the account's owner is at home. */
  const known = new BoundedMap<string, true>(KNOWN_NETWORKS);
  return async ({ password, emailKey, passwordHash, address }) => {
    const home = `${networkKey(address)} ${emailKey}`;
    // Apart from strangers, so that a flood from thousands of places doesn't keep the owner out.
    const of = { ...turnAt(emailKey, address), ...(known.has(home) && { work: 'accounts, from home' }) };
    const isRight = await passwords.verify(password, passwordHash ?? passwords.unmatched, of);
    const delayMs = wrong.delayMs(emailKey);
    if (isRight) known.set(home, true);
    else wrong.add(emailKey);
    if (delayMs > 0) limitHits.hit('password_guesses');
    await wrong.wait(delayMs);
    return isRight;
  };
}

/**
 * Whose turn a hash for an account takes: apart from those of rooms, so that a flood of sign-ins keeps nobody out of a room;
 * apart from those of other blocks, so that whoever has thousands of addresses keeps out nobody who has one; and apart from
 * those for other accounts, so that a flood at one account keeps nobody out of another.
 */
export function turnAt(emailKey: string, address: string): TurnOf {
  return { work: 'accounts', block: blockKey(address), network: networkKey(address), user: emailKey };
}
