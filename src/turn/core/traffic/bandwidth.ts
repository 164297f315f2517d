import type { RelayConf } from '../../conf/relay-conf.ts';

/** One direction of one user's traffic, in bytes of the current second. */
export class Usage {
  /** Max bytes per second. */
  readonly max: number;
  bytes = 0;
  /** Relayed or dropped for lack of capacity; counted only if `bps-capacity` is set. */
  wanted = 0;
  /** Whether the user counts among those who share the capacity. */
  active = false;

  constructor(max: number) {
    this.max = max;
  }
}

/** Traffic of all allocations of one user. */
export class UserTraffic {
  readonly up: Usage;
  readonly down: Usage;
  allocations = 0;

  constructor(max: number) {
    this.up = new Usage(max);
    this.down = new Usage(max);
  }
}

/**
 * Limits one direction: each user to its own maximum, and all users together to `capacity`, in fair shares. A user
 * below the share, which is `capacity` divided by the number of active users, is never limited. What such users leave over goes
 * to the others, up to the level at which it would have sufficed in the second before. So the sum can exceed `capacity` when
 * demand shifts, for one second and by the amount of the shift.
 */
class Meter {
  readonly #capacity: number;
  readonly #hasCapacity: boolean;
  #bytes = 0;
  #active = 0;
  #share: number;
  #level: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#hasCapacity = capacity !== Number.POSITIVE_INFINITY;
    this.#share = capacity;
    this.#level = capacity;
  }

  /** Whether the user may relay `length` more bytes in this second. */
  admits(usage: Usage, length: number): boolean {
    const bytes = usage.bytes + length;
    if (bytes > usage.max) return false;
    if (!this.#hasCapacity) return true;
    usage.wanted += length;
    if (!usage.active) {
      usage.active = true;
      this.#active++;
      this.#share = this.#capacity / this.#active;
    }
    return bytes <= this.#share || (bytes <= this.#level && this.#bytes + length <= this.#capacity);
  }

  /** Counts bytes that were admitted and sent. */
  count(usage: Usage, length: number): void {
    usage.bytes += length;
    this.#bytes += length;
  }

  nextSecond(usages: readonly Usage[]): void {
    const wanted = usages.map((usage) => usage.wanted).filter((bytes) => bytes > 0);
    this.#bytes = 0;
    this.#active = wanted.length;
    this.#share = this.#capacity / Math.max(1, wanted.length);
    this.#level = this.#hasCapacity ? levelOf(wanted, this.#capacity) : this.#capacity;
    for (const usage of usages) {
      usage.active = usage.wanted > 0;
      usage.bytes = 0;
      usage.wanted = 0;
    }
  }
}

/** Bytes per user at which the users' demands, each cut off there, add up to `capacity` (max-min fairness). */
function levelOf(wanted: readonly number[], capacity: number): number {
  let left = capacity;
  let others = wanted.length;
  for (const bytes of [...wanted].sort((a, b) => a - b)) {
    const fair = left / others;
    if (bytes >= fair) return fair;
    left -= bytes;
    others--;
  }
  return capacity;
}

/** Bandwidth per user. Its hot path, `admits` and `count`, neither allocates nor looks anything up. */
export class Bandwidth {
  readonly up: Meter;
  readonly down: Meter;
  readonly #userMax: number;
  /** Users that have an allocation, or had one in this second. */
  readonly #users = new Map<string, UserTraffic>();

  constructor({
    maxBps,
    maxBpsOfUser,
    bpsCapacity,
  }: Pick<RelayConf, 'maxBps' | 'maxBpsOfUser' | 'bpsCapacity'>) {
    this.#userMax = maxBpsOfUser ? limitOf(maxBps) : Number.POSITIVE_INFINITY;
    this.up = new Meter(limitOf(bpsCapacity));
    this.down = new Meter(limitOf(bpsCapacity));
  }

  /**
   * Returns where to count a new allocation's bytes; the caller decrements `allocations` when it ends.
   * @param max bytes per second each way, if the user may have less than others
   */
  addAllocation(userId: string, max = Number.POSITIVE_INFINITY): UserTraffic {
    const traffic = this.#users.get(userId) ?? new UserTraffic(Math.min(max, this.#userMax));
    this.#users.set(userId, traffic);
    traffic.allocations++;
    return traffic;
  }

  /** Starts a new second of counting. */
  nextSecond(): void {
    const all = [...this.#users.values()];
    this.up.nextSecond(all.map(({ up }) => up));
    this.down.nextSecond(all.map(({ down }) => down));
    // Only now: replacing an allocation by another mustn't give the user a second share within the second.
    for (const [user, { allocations }] of this.#users) if (allocations === 0) this.#users.delete(user);
  }

  get size(): number {
    return this.#users.size;
  }
}

/** A setting's limit, where 0 means none. */
export function limitOf(bytes: number): number {
  return bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
}
