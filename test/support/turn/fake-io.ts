import type { Family } from '../../../src/turn/codec/addresses.ts';
import { Packet } from '../../../src/turn/codec/packet.ts';
import type {
  DatagramReceiver,
  DatagramSocket,
  RelayIo,
  StreamConnection,
} from '../../../src/turn/core/relay-io.ts';

/** Delivers a datagram as a view of a larger memory, and overwrites memory and view afterwards. */
export function arrive(receiver: DatagramReceiver, datagram: Buffer, address: string, port: number): void {
  const memory = Buffer.alloc(datagram.length + 16, 0x55);
  datagram.copy(memory, 8);
  const packet = new Packet().set(memory, 8, datagram.length, address, port);
  receiver.datagram(packet);
  memory.fill(0xaa);
  packet.set(memory, 0, 0, '', 0);
}

export interface Sent {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

/** A UDP socket that records what it sends. */
export class FakeSocket implements DatagramSocket {
  readonly sent: Sent[] = [];
  open = true;

  /** Whether its send queue is full. */
  full = false;

  send(packet: Packet): boolean {
    if (!this.open) throw new Error('a closed socket was written to');
    if (this.full) return false;
    const { address, port } = packet;
    this.sent.push({ data: Buffer.from(packet.view()), address, port });
    return true;
  }

  close(): void {
    this.open = false;
  }

  /** Takes what was sent since the last call. */
  take(): Sent[] {
    return this.sent.splice(0);
  }
}

export class FakeRelaySocket extends FakeSocket {
  readonly family: Family;
  readonly port: number;
  readonly receiver: DatagramReceiver;

  constructor(family: Family, port: number, receiver: DatagramReceiver) {
    super();
    this.family = family;
    this.port = port;
    this.receiver = receiver;
  }
}

export class FakeRelayIo implements RelayIo {
  readonly opened: FakeRelaySocket[] = [];
  /** Whether the process has descriptors left for one more socket. */
  spare = true;
  readonly #turns: (() => void)[] = [];
  /** Ports in use by another program. */
  readonly taken = new Set<number>();

  openRelay(family: Family, port: number, receiver: DatagramReceiver): DatagramSocket | undefined {
    if (this.taken.has(port)) return undefined;
    const clash = this.opened.some((other) => other.open && other.family === family && other.port === port);
    if (clash) throw new Error(`relay port ${port} was opened twice`);
    const socket = new FakeRelaySocket(family, port, receiver);
    this.opened.push(socket);
    return socket;
  }

  hasSpareDescriptors(): boolean {
    return this.spare;
  }

  nextTurn(run: () => void): void {
    this.#turns.push(run);
  }

  /** Runs one turn of the event loop. @returns whether there was anything to run */
  turn(): boolean {
    const due = this.#turns.splice(0);
    for (const run of due) run();
    return due.length > 0;
  }

  /** Runs turns until nothing is left to run. */
  settle(): void {
    while (this.turn());
  }

  get live(): FakeRelaySocket[] {
    return this.opened.filter(({ open }) => open);
  }

  at(port: number): FakeRelaySocket {
    const found = this.live.find((socket) => socket.port === port);
    if (found === undefined) throw new Error(`no relay socket is open at port ${port}`);
    return found;
  }
}

export class FakeConnection implements StreamConnection {
  readonly written: Buffer[] = [];
  open = true;

  /** Whether its write buffer has room for responses only. */
  full = false;
  paused = false;

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** Keeps the buffer, as a connection that has to wait does. */
  write(message: Buffer, isResponse: boolean): boolean {
    if (!this.open) throw new Error('a closed connection was written to');
    if (this.full && !isResponse) return false;
    this.written.push(message);
    return true;
  }

  close(): void {
    this.open = false;
  }

  take(): Buffer[] {
    return this.written.splice(0);
  }
}
