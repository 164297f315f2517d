import type { RelayConf } from '../../conf/relay-conf.ts';

/** One direction of one user, in bytes of this second. */
export class Usage {
  /** Relayed. */
  bytes = 0;
  /** Relayed or dropped for want of capacity; counted only if there is a capacity. */
  wanted = 0;
  /** Whether the user is among those that the capacity is shared by. */
  shares = false;
}

/** What all allocations of one user have relayed. */
export class UserTraffic {
  readonly up = new Usage();
  readonly down = new Usage();
  /** How many allocations count here. */
  allocations = 0;
}

/**
 * One direction: holds each user to `userMax` bytes a second and all together to `capacity`, in fair shares. Whoever is below
 * the share, `capacity` by the number of active users, is never touched; what those leave over, the others may have up to the
 * level at which it would just have sufficed in the second before. So the sum can pass `capacity` when demands shift, for a
 * second and by as much as they shifted.
 */
class Meter {
  readonly #userMax: number;
  readonly #capacity: number;
  readonly #shared: boolean;
  #bytes = 0;
  #active = 0;
  #share: number;
  #level: number;

  constructor(userMax: number, capacity: number) {
    this.#userMax = userMax;
    this.#capacity = capacity;
    this.#shared = capacity !== Number.POSITIVE_INFINITY;
    this.#share = capacity;
    this.#level = capacity;
  }

  admits(usage: Usage, length: number): boolean {
    const bytes = usage.bytes + length;
    if (bytes > this.#userMax) return false;
    if (!this.#shared) return true;
    usage.wanted += length;
    if (!usage.shares) {
      usage.shares = true;
      this.#active++;
      this.#share = this.#capacity / this.#active;
    }
    return bytes <= this.#share || (bytes <= this.#level && this.#bytes + length <= this.#capacity);
  }

  took(usage: Usage, length: number): void {
    usage.bytes += length;
    this.#bytes += length;
  }

  nextSecond(usages: readonly Usage[]): void {
    const wanted = usages.map((usage) => usage.wanted).filter((bytes) => bytes > 0);
    this.#bytes = 0;
    this.#active = wanted.length;
    this.#share = this.#capacity / Math.max(1, wanted.length);
    this.#level = this.#shared ? levelOf(wanted, this.#capacity) : this.#capacity;
    for (const usage of usages) {
      usage.shares = usage.wanted > 0;
      usage.bytes = 0;
      usage.wanted = 0;
    }
  }
}

/** The most that each may have so that all of them, taking what they want up to it, have `capacity` (max-min fairness). */
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

/** Bandwidth by user. Its hot path, `admits` and `took`, makes nothing and looks nothing up. */
export class Bandwidth {
  readonly up: Meter;
  readonly down: Meter;
  /** Of users that have an allocation, or had one in this second. */
  readonly #users = new Map<string, UserTraffic>();

  constructor({
    maxBps,
    maxBpsOfUser,
    bpsCapacity,
  }: Pick<RelayConf, 'maxBps' | 'maxBpsOfUser' | 'bpsCapacity'>) {
    const userMax = maxBpsOfUser ? boundOf(maxBps) : Number.POSITIVE_INFINITY;
    this.up = new Meter(userMax, boundOf(bpsCapacity));
    this.down = new Meter(userMax, boundOf(bpsCapacity));
  }

  /** Where a new allocation of the user counts; the caller subtracts from `allocations` at its end. */
  hold(userId: string): UserTraffic {
    const traffic = this.#users.get(userId) ?? new UserTraffic();
    this.#users.set(userId, traffic);
    traffic.allocations++;
    return traffic;
  }

  /** To be called once a second. */
  nextSecond(): void {
    const all = [...this.#users.values()];
    this.up.nextSecond(all.map(({ up }) => up));
    this.down.nextSecond(all.map(({ down }) => down));
    // Not before: ending an allocation and making another must not give a user a second share.
    for (const [user, { allocations }] of this.#users) if (allocations === 0) this.#users.delete(user);
  }

  get size(): number {
    return this.#users.size;
  }
}

/** 0 means no bound, as everywhere in the settings. */
export function boundOf(bytes: number): number {
  return bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
}
