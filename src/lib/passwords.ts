import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ParleyError } from '../domain/errors.ts';
import { createFairTurns, type TurnOf } from './fair-turns.ts';

/** Max hashes computed at once, on a machine with as many cores: each takes 32 MiB and one of Node's four threads. */
export const HASHES_AT_ONCE = 2;
/** Max hashes that wait for their turn; beyond, a request is refused. */
export const HASHES_WAITING = 64;

/** What a hash costs (RFC 7914): memory is 128 · 2^ln · r bytes, time grows with all three. */
export interface HashCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a quarter of a second: one of the settings that OWASP's password storage sheet calls equal. */
const STANDARD_COST: HashCost = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const RETRY_AFTER_MS = 1_000;

export type Passwords = ReturnType<typeof createPasswords>;

/** Password hashes of one user that wait for their turn. */
export const HASHES_WAITING_PER_USER = 16;

interface PasswordsOptions {
  readonly cost?: HashCost;
  /** Hashes computed at once. */
  readonly atOnce?: number;
}

/** Hashes passwords of accounts and of rooms: a bounded number at a time, everybody in turn. */
export function createPasswords({
  cost = STANDARD_COST,
  atOnce = Math.min(HASHES_AT_ONCE, availableParallelism()),
}: PasswordsOptions = {}) {
  const turn = createFairTurns({
    atOnce,
    waiting: HASHES_WAITING,
    waitingPerUser: HASHES_WAITING_PER_USER,
    refusal: () =>
      new ParleyError('rate_limited', 'Too many passwords are being checked. Try again in a second.', {
        retryAfterMs: RETRY_AFTER_MS,
      }),
  });
  return {
    /**
     * @param of for whom, so that nobody waits for what another brings
     * @returns `$scrypt$ln=…,r=…,p=…$salt$hash`: the cost is in it, so that it can be raised later
     * @throws ParleyError `rate_limited` when too many of this user, or in all, wait already
     */
    async hash(password: string, of: TurnOf): Promise<string> {
      const salt = randomBytes(SALT_BYTES);
      const hash = await turn(of, () => derive(password, salt, HASH_BYTES, cost));
      return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(hash)}`;
    },
    /**
     * Compares in constant time.
     * @param known asked when the turn comes: the answer, if it has been found without a hash meanwhile
     * @throws ParleyError `rate_limited`, as `hash` does
     */
    async verify(
      password: string,
      stored: string,
      of: TurnOf,
      known: () => boolean | undefined = () => undefined,
    ): Promise<boolean> {
      const { salt, hash, cost } = parse(stored);
      return turn(
        of,
        async () => known() ?? timingSafeEqual(await derive(password, salt, hash.length, cost), hash),
      );
    },
  };
}

/** The same characters typed on different systems are the same password: NFKC, as NIST SP 800-63B advises. */
function derive(password: string, salt: Buffer, bytes: number, { ln, r, p }: HashCost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 2 * 128 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, bytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

function parse(stored: string): { cost: HashCost; salt: Buffer; hash: Buffer } {
  const [, ln, r, p, salt, hash] = FORM.exec(stored) ?? [];
  if (salt === undefined || hash === undefined)
    throw new TypeError('a stored password hash has no known form');
  return { cost: { ln: Number(ln), r: Number(r), p: Number(p) }, salt: decode(salt), hash: decode(hash) };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
