import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createFairTurns, type TurnOf } from './fair-turns.ts';
import { type HashCost, type HashOrder, scryptOptions } from './hash-threads.ts';
import { rateLimited } from './throttle.ts';

/** Max hashes computed at once, on a machine with as many cores: each takes 32 MiB and a thread. */
export const HASHES_AT_ONCE = 2;
/** Max hashes that wait for their turn; beyond, a request is refused. */
export const HASHES_WAITING = 64;

/** 32 MiB and about a quarter of a second: one of the equivalent settings in OWASP's Password Storage Cheat Sheet. */
const STANDARD_COST: HashCost = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const RETRY_AFTER_MS = 1_000;

export type Passwords = ReturnType<typeof createPasswords>;

/** Max hashes of one user that wait for their turn. */
export const HASHES_WAITING_PER_USER = 16;

interface PasswordsOptions {
  readonly cost?: HashCost;
  /** Max hashes computed at once. */
  readonly atOnce?: number;
  /** Computes a hash. Default: in one of Node's own threads, whose priority is that of the main thread. */
  readonly derive?: (order: HashOrder) => Promise<Buffer>;
}

/**
 * Hashes the passwords of accounts and rooms: a bounded number at a time, everybody in turn. A server has one, because
 * it bounds memory and threads.
 */
export function createPasswords({
  cost = STANDARD_COST,
  atOnce = Math.min(HASHES_AT_ONCE, availableParallelism()),
  derive = deriveInPool,
}: PasswordsOptions = {}) {
  const turn = createFairTurns({
    atOnce,
    waiting: HASHES_WAITING,
    waitingPerUser: HASHES_WAITING_PER_USER,
    refusal: () => rateLimited('password_hashes', 'password checks at once', RETRY_AFTER_MS),
  });
  const head = `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p},form=nfc$`;
  return {
    /**
     * Returns `$scrypt$ln=…,r=…,p=…,form=nfc$salt$hash`, which holds the cost so that the default can be raised later.
     * @param of whose turn it takes
     * @throws ParleyError `rate_limited` if too many hashes, of this user or in all, are waiting
     */
    async hash(password: string, of: TurnOf): Promise<string> {
      const salt = randomBytes(SALT_BYTES);
      const order = { password: password.normalize('NFC'), salt, bytes: HASH_BYTES, cost };
      const hash = await turn(of, () => derive(order));
      return `${head}${encode(salt)}$${encode(hash)}`;
    },
    /**
     * Returns whether the password is right; compares in constant time.
     * @param known called when the turn comes; returns the result if it has become known without a hash meanwhile
     * @throws ParleyError `rate_limited`, as `hash` does
     */
    async verify(
      password: string,
      stored: string,
      of: TurnOf,
      known: () => boolean | undefined = () => undefined,
    ): Promise<boolean> {
      const { form, salt, hash, cost } = parse(stored);
      const order = { password: password.normalize(form), salt, bytes: hash.length, cost };
      return turn(of, async () => known() ?? timingSafeEqual(await derive(order), hash));
    },
    /** Whether `hash` would make such a hash today: of this cost, of the same form of the password. */
    isCurrent: (stored: string): boolean => stored.startsWith(head),
    /** Looks like a stored hash, matches no password, and takes as long to find out. */
    unmatched: `${head}${encode(randomBytes(SALT_BYTES))}$${encode(randomBytes(HASH_BYTES))}`,
  };
}

/** Returns the form of a password that is compared with `stored`: passwords of the same form are the same. */
export function normalized(password: string, stored: string): string {
  return password.normalize(parse(stored).form);
}

function deriveInPool({ password, salt, bytes, cost }: HashOrder): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, scryptOptions(cost), (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)(,form=nfc)?\$([\w-]+)\$([\w-]+)$/;

/** Equal characters typed on different systems match in both forms. Hashes made before accounts had passwords are of NFKC. */
interface StoredHash {
  readonly form: 'NFC' | 'NFKC';
  readonly cost: HashCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function parse(stored: string): StoredHash {
  const [, ln, r, p, form, salt, hash] = FORM.exec(stored) ?? [];
  if (salt === undefined || hash === undefined)
    throw new TypeError('a stored password hash has an unknown format');
  return {
    form: form === undefined ? 'NFKC' : 'NFC',
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: decode(salt),
    hash: decode(hash),
  };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
