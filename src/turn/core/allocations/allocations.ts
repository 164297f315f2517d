import type { Log } from '../../../lib/log.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Denial } from '../stats.ts';
import type { Allocation } from './allocation.ts';
import type { RelayPorts } from './relay-ports.ts';
import { Reservations } from './reservations.ts';
import { TestQuota } from './test-users.ts';

interface AllocationsDeps {
  conf: Pick<RelayConf, 'userQuota' | 'totalQuota' | 'verbose' | 'minPort' | 'maxPort'>;
  ports: RelayPorts;
  log: Log;
  randomBytes: (size: number) => Buffer;
}

/** All allocations and port reservations, with their quotas. Ending one closes its relay socket. */
export class Allocations {
  readonly ports: RelayPorts;
  readonly reservations: Reservations;
  readonly tests: TestQuota;
  readonly #conf: AllocationsDeps['conf'];
  readonly #log: Log;
  readonly #all = new Set<Allocation>();
  /** Allocations and reservations by user. */
  readonly #byUser = new Map<string, number>();
  /** Allocations of UDP clients by network address. */
  readonly #byAddress = new Map<string, number>();

  constructor({ conf, ports, log, randomBytes }: AllocationsDeps) {
    this.ports = ports;
    this.reservations = new Reservations(randomBytes);
    this.tests = new TestQuota(conf);
    this.#conf = conf;
    this.#log = log;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Whether a UDP client at this network address has an allocation. */
  hasUdpClientAt(address: string): boolean {
    return this.#byAddress.has(address);
  }

  /** The quota that `ports` more for the user would exceed, if any. */
  exceededQuota(userId: string, ports: number): Extract<Denial, 'user_quota' | 'total_quota'> | undefined {
    const { userQuota, totalQuota } = this.#conf;
    if (userQuota > 0 && (this.#byUser.get(userId) ?? 0) + ports > userQuota) return 'user_quota';
    const all = this.#all.size + this.reservations.size;
    return totalQuota > 0 && all + ports > totalQuota ? 'total_quota' : undefined;
  }

  add(allocation: Allocation): void {
    this.#all.add(allocation);
    adjust(this.#byUser, allocation.user.id, 1);
    if (!allocation.path.stream) adjust(this.#byAddress, allocation.path.address, 1);
    if (allocation.user.testEndsAt !== undefined) this.tests.add(allocation.path.address);
    allocation.relay.allocation = allocation;
    allocation.path.attach(allocation);
    this.#logEvent('turn: made an allocation', allocation);
  }

  end(allocation: Allocation): void {
    if (!this.#all.delete(allocation)) return;
    adjust(this.#byUser, allocation.user.id, -1);
    allocation.traffic.allocations--;
    if (!allocation.path.stream) adjust(this.#byAddress, allocation.path.address, -1);
    if (allocation.user.testEndsAt !== undefined) this.tests.remove(allocation.path.address);
    allocation.path.detach();
    this.ports.close(allocation.relay);
    this.#logEvent('turn: ended an allocation', allocation);
  }

  /** Reserves the port for the user's next Allocate. @returns its RESERVATION-TOKEN */
  reserve(relay: Allocation['relay'], userId: string, now: number): Buffer {
    adjust(this.#byUser, userId, 1);
    return this.reservations.add(relay, userId, now);
  }

  /** Takes the reserved port; undefined if the token is unknown, expired, used or another user's. */
  redeem(token: Buffer, userId: string): Allocation['relay'] | undefined {
    const relay = this.reservations.redeem(token, userId);
    if (relay !== undefined) adjust(this.#byUser, userId, -1);
    return relay;
  }

  all(): IterableIterator<Allocation> {
    return this.#all.values();
  }

  /** Ends the allocations that `matches` selects. @returns how many */
  endIf(matches: (allocation: Allocation) => boolean): number {
    const ended = [...this.#all].filter(matches);
    for (const allocation of ended) this.end(allocation);
    return ended.length;
  }

  /** Closes all reserved ports. */
  endReservations(): void {
    this.#release(() => true);
  }

  /** Ends the user's allocations and reservations. @returns how many allocations there were */
  endOf(userId: string): number {
    this.#release((reservation) => reservation.userId === userId);
    return this.endIf(({ user }) => user.id === userId);
  }

  endAll(): void {
    this.endReservations();
    this.endIf(() => true);
  }

  /**
   * Ends the allocation if it has expired, else removes what has expired in it.
   * @param now milliseconds of the monotonic clock
   */
  sweepAllocation(allocation: Allocation, now: number): void {
    if (allocation.expiresAt <= now) this.end(allocation);
    else allocation.sweep(now);
  }

  sweepReservations(now: number): void {
    this.#release((reservation) => reservation.expiresAt <= now);
  }

  /** `verbose` raises the level to one that is shown by default. */
  #logEvent(message: string, { user, path, relay }: Allocation): void {
    const fields = { user: user.id, client: path.address, relayPort: relay.port };
    if (this.#conf.verbose) this.#log.info(message, fields);
    else this.#log.debug(message, fields);
  }

  #release(matches: Parameters<Reservations['remove']>[0]): void {
    for (const { relay, userId } of this.reservations.remove(matches)) {
      this.ports.close(relay);
      adjust(this.#byUser, userId, -1);
    }
  }
}

function adjust(counts: Map<string, number>, name: string, change: number): void {
  const next = (counts.get(name) ?? 0) + change;
  if (next > 0) counts.set(name, next);
  else counts.delete(name);
}
