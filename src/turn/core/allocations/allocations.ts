import type { Log } from '../../../lib/log.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Denial } from '../stats.ts';
import type { Allocation } from './allocation.ts';
import type { RelayPorts } from './relay-ports.ts';
import { Reservations } from './reservations.ts';

interface AllocationsDeps {
  conf: Pick<RelayConf, 'userQuota' | 'totalQuota' | 'verbose'>;
  ports: RelayPorts;
  log: Log;
  randomBytes: (size: number) => Buffer;
}

/** Every allocation, with the quotas; ends them, closing what belongs to them. */
export class Allocations {
  readonly ports: RelayPorts;
  readonly reservations: Reservations;
  readonly #conf: AllocationsDeps['conf'];
  readonly #log: Log;
  readonly #all = new Set<Allocation>();
  /** Allocations and reservations of each user. */
  readonly #byUser = new Map<string, number>();
  /** UDP clients' network addresses. */
  readonly #byAddress = new Map<string, number>();

  constructor({ conf, ports, log, randomBytes }: AllocationsDeps) {
    this.ports = ports;
    this.reservations = new Reservations(randomBytes);
    this.#conf = conf;
    this.#log = log;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Whether a client at this network address has authenticated and is here. */
  isNeighbour(address: string): boolean {
    return this.#byAddress.has(address);
  }

  /** Which quota forbids `more` ports for the user: 486 for its own, 508 for all. */
  overQuota(userId: string, more: number): Extract<Denial, 'user_quota' | 'total_quota'> | undefined {
    const { userQuota, totalQuota } = this.#conf;
    if (userQuota > 0 && (this.#byUser.get(userId) ?? 0) + more > userQuota) return 'user_quota';
    const all = this.#all.size + this.reservations.size;
    return totalQuota > 0 && all + more > totalQuota ? 'total_quota' : undefined;
  }

  add(allocation: Allocation): void {
    this.#all.add(allocation);
    count(this.#byUser, allocation.user.id, 1);
    if (!allocation.path.stream) count(this.#byAddress, allocation.path.address, 1);
    allocation.relay.allocation = allocation;
    allocation.path.attach(allocation);
    this.#tell('turn: an allocation was made', allocation);
  }

  end(allocation: Allocation): void {
    if (!this.#all.delete(allocation)) return;
    count(this.#byUser, allocation.user.id, -1);
    allocation.traffic.allocations--;
    if (!allocation.path.stream) count(this.#byAddress, allocation.path.address, -1);
    allocation.path.detach();
    this.ports.close(allocation.relay);
    this.#tell('turn: an allocation ended', allocation);
  }

  /** Holds the port for its user's next Allocate; returns the token. */
  reserve(relay: Allocation['relay'], userId: string, now: number): Buffer {
    count(this.#byUser, userId, 1);
    return this.reservations.hold(relay, userId, now);
  }

  redeem(token: Buffer, userId: string): Allocation['relay'] | undefined {
    const relay = this.reservations.redeem(token, userId);
    if (relay !== undefined) count(this.#byUser, userId, -1);
    return relay;
  }

  all(): IterableIterator<Allocation> {
    return this.#all.values();
  }

  /** Returns how many there were. */
  endIf(isOver: (allocation: Allocation) => boolean): number {
    const ended = [...this.#all].filter(isOver);
    for (const allocation of ended) this.end(allocation);
    return ended.length;
  }

  /** Closes the ports that are held for later allocations. */
  endReservations(): void {
    this.#release(() => true);
  }

  /** Everything of the user, or of everybody; returns how many allocations there were. */
  endAll(userId?: string): number {
    const ended = this.endIf(({ user }) => userId === undefined || user.id === userId);
    this.#release((reservation) => userId === undefined || reservation.userId === userId);
    return ended;
  }

  /** Ends the allocation if it expired, else what expired of it; `now`: milliseconds of the monotonic clock. */
  sweepOne(allocation: Allocation, now: number): void {
    if (allocation.expiresAt <= now) this.end(allocation);
    else allocation.sweep(now);
  }

  sweepReservations(now: number): void {
    this.#release((reservation) => reservation.expiresAt <= now);
  }

  /** `verbose`: each allocation at the level that is shown by default. */
  #tell(message: string, { user, path, relay }: Allocation): void {
    const fields = { user: user.id, client: path.address, relayPort: relay.port };
    if (this.#conf.verbose) this.#log.info(message, fields);
    else this.#log.debug(message, fields);
  }

  #release(ended: Parameters<Reservations['release']>[0]): void {
    for (const { relay, userId } of this.reservations.release(ended)) {
      this.ports.close(relay);
      count(this.#byUser, userId, -1);
    }
  }
}

function count(counts: Map<string, number>, name: string, change: number): void {
  const next = (counts.get(name) ?? 0) + change;
  if (next > 0) counts.set(name, next);
  else counts.delete(name);
}
