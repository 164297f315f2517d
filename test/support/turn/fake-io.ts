import type { Family } from '../../../src/turn/codec/addresses.ts';
import type {
  DatagramReceiver,
  DatagramSocket,
  RelayIo,
  StreamConnection,
} from '../../../src/turn/core/relay-io.ts';

/** Hands a datagram over somewhere in a larger memory, which is written to again afterwards. */
export function arrive(receiver: DatagramReceiver, datagram: Buffer, address: string, port: number): void {
  const memory = Buffer.alloc(datagram.length + 16, 0x55);
  datagram.copy(memory, 8);
  receiver.datagram(memory, 8, datagram.length, address, port);
  memory.fill(0xaa);
}

export interface Sent {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

/** A UDP socket that remembers what it was told to send. */
export class FakeSocket implements DatagramSocket {
  readonly sent: Sent[] = [];
  open = true;

  /** Whether it takes no more. */
  full = false;
  /** Whether what it is told to send waits in the buffer that it was given, as where a link is slow. */
  slow = false;

  get idle(): boolean {
    return !this.slow;
  }

  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    if (!this.open) throw new Error('a closed socket was written to');
    if (this.full) return false;
    const part = buffer.subarray(offset, offset + length);
    this.sent.push({ data: this.slow ? part : Buffer.from(part), address, port });
    return true;
  }

  close(): void {
    this.open = false;
  }

  /** What was sent since the last call. */
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
  /** Whether the process has descriptors left for one more. */
  spare = true;
  readonly #turns: (() => void)[] = [];
  /** Ports that another program holds. */
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

  /** One turn of the event loop: what was put off to it runs. @returns whether there was anything */
  turn(): boolean {
    const due = this.#turns.splice(0);
    for (const run of due) run();
    return due.length > 0;
  }

  /** Turns until nothing is put off any more. */
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

  /** Whether it takes answers alone. */
  full = false;
  /** Whether its bytes are to be held back. */
  paused = false;

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  write(buffer: Buffer, answer: boolean): boolean {
    if (!this.open) throw new Error('a closed connection was written to');
    if (this.full && !answer) return false;
    this.written.push(Buffer.from(buffer));
    return true;
  }

  close(): void {
    this.open = false;
  }

  take(): Buffer[] {
    return this.written.splice(0);
  }
}
