import { LARGEST_MESSAGE_BYTES } from '../../codec/message.ts';
import { largestDatagram, Packet } from '../../codec/packet.ts';
import type { Allocation, ClientPath } from '../allocations/allocation.ts';
import type { DatagramSocket, SocketAddress, StreamConnection } from '../relay-io.ts';

/** The allocations of one UDP listener by client port, an integer that alone nearly always finds the one. */
export class ClientTable {
  readonly socket: DatagramSocket;
  readonly local: SocketAddress;
  readonly #byPort = new Map<number, Allocation[]>();

  constructor(socket: DatagramSocket, local: SocketAddress) {
    this.socket = socket;
    this.local = local;
  }

  /** The allocation of the client that sent `packet`. */
  find({ address, port }: Packet): Allocation | undefined {
    const atPort = this.#byPort.get(port);
    if (atPort === undefined) return undefined;
    for (let index = 0; index < atPort.length; index++) {
      const allocation = atPort[index];
      if (allocation !== undefined && allocation.path.address === address) return allocation;
    }
    return undefined;
  }

  add(allocation: Allocation): void {
    const atPort = this.#byPort.get(allocation.path.port);
    if (atPort === undefined) this.#byPort.set(allocation.path.port, [allocation]);
    else atPort.push(allocation);
  }

  remove(allocation: Allocation): void {
    const left = this.#byPort.get(allocation.path.port)?.filter((other) => other !== allocation) ?? [];
    if (left.length === 0) this.#byPort.delete(allocation.path.port);
    else this.#byPort.set(allocation.path.port, left);
  }
}

/** Made for each UDP request; kept only by an allocation. */
export class UdpPath implements ClientPath {
  readonly stream = false;
  readonly address: string;
  readonly port: number;
  readonly maxMessageBytes: number;
  allocation: Allocation | undefined;
  readonly #table: ClientTable;

  constructor(table: ClientTable, { address, port }: SocketAddress) {
    this.#table = table;
    this.address = address;
    this.port = port;
    this.maxMessageBytes = largestDatagram(address.includes(':') ? 6 : 4);
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

  send(message: Packet): boolean {
    message.address = this.address;
    message.port = this.port;
    return this.#table.socket.send(message);
  }

  respond(message: Buffer): void {
    this.#table.socket.send(new Packet().set(message, 0, message.length, this.address, this.port));
  }
}

/** Lives as long as the connection. */
export class StreamPath implements ClientPath {
  readonly stream = true;
  readonly maxMessageBytes = LARGEST_MESSAGE_BYTES;
  readonly address: string;
  readonly port: number;
  allocation: Allocation | undefined;
  readonly #connection: StreamConnection;
  readonly #onAllocationChange: () => void;

  /** @param onAllocationChange called when the connection gets or loses its allocation */
  constructor(
    connection: StreamConnection,
    { address, port }: SocketAddress,
    onAllocationChange: () => void,
  ) {
    this.#connection = connection;
    this.#onAllocationChange = onAllocationChange;
    this.address = address;
    this.port = port;
  }

  attach(allocation: Allocation): void {
    this.allocation = allocation;
    this.#onAllocationChange();
  }

  detach(): void {
    this.allocation = undefined;
    this.#onAllocationChange();
  }

  send(message: Packet): boolean {
    return this.#connection.write(Buffer.from(message.view()), false);
  }

  respond(message: Buffer): void {
    this.#connection.write(message, true);
  }
}
