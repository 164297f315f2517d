import { LARGEST_MESSAGE_BYTES, largestDatagram } from '../../codec/sizes.ts';
import type { Allocation, ClientPath } from '../allocations/allocation.ts';
import type { ClientAddress, DatagramSocket, ListenerAddress, StreamConnection } from '../relay-io.ts';

/** The allocations of one UDP listener, found by the client's port first: an integer, and nearly always enough. */
export class ClientTable {
  readonly socket: DatagramSocket;
  readonly local: ListenerAddress;
  readonly #byPort = new Map<number, Allocation[]>();

  constructor(socket: DatagramSocket, local: ListenerAddress) {
    this.socket = socket;
    this.local = local;
  }

  find(address: string, port: number): Allocation | undefined {
    const there = this.#byPort.get(port);
    if (there === undefined) return undefined;
    for (let index = 0; index < there.length; index++) {
      const allocation = there[index];
      if (allocation !== undefined && allocation.path.address === address) return allocation;
    }
    return undefined;
  }

  add(allocation: Allocation): void {
    const there = this.#byPort.get(allocation.path.port);
    if (there === undefined) this.#byPort.set(allocation.path.port, [allocation]);
    else there.push(allocation);
  }

  remove(allocation: Allocation): void {
    const left = this.#byPort.get(allocation.path.port)?.filter((other) => other !== allocation) ?? [];
    if (left.length === 0) this.#byPort.delete(allocation.path.port);
    else this.#byPort.set(allocation.path.port, left);
  }
}

/** Made for each request by UDP, and kept only with an allocation. */
export class UdpPath implements ClientPath {
  readonly stream = false;
  readonly address: string;
  readonly port: number;
  readonly largest: number;
  allocation: Allocation | undefined;
  readonly #table: ClientTable;

  constructor(table: ClientTable, { address, port }: ClientAddress) {
    this.#table = table;
    this.address = address;
    this.port = port;
    this.largest = largestDatagram(address.includes(':') ? 6 : 4);
  }

  attach(allocation: Allocation): void {
    this.allocation = allocation;
    this.#table.add(allocation);
  }

  detach(): void {
    if (this.allocation !== undefined) this.#table.remove(this.allocation);
    this.allocation = undefined;
  }

  isOf(table: ClientTable): boolean {
    return this.#table === table;
  }

  get idle(): boolean {
    return this.#table.socket.idle;
  }

  send(message: Buffer, length: number): boolean {
    return this.#table.socket.send(message, 0, length, this.port, this.address);
  }

  answer(message: Buffer): void {
    this.send(message, message.length);
  }
}

/** Lives as long as the connection. */
export class StreamPath implements ClientPath {
  readonly stream = true;
  readonly largest = LARGEST_MESSAGE_BYTES;
  readonly idle = false;
  readonly address: string;
  readonly port: number;
  allocation: Allocation | undefined;
  readonly #connection: StreamConnection;
  readonly #changed: () => void;

  /** `changed`: called when it got an allocation, or lost it. */
  constructor(connection: StreamConnection, { address, port }: ClientAddress, changed: () => void) {
    this.#connection = connection;
    this.#changed = changed;
    this.address = address;
    this.port = port;
  }

  attach(allocation: Allocation): void {
    this.allocation = allocation;
    this.#changed();
  }

  detach(): void {
    this.allocation = undefined;
    this.#changed();
  }

  send(message: Buffer): boolean {
    return this.#connection.write(message, false);
  }

  answer(message: Buffer): void {
    this.#connection.write(message, true);
  }
}
