import { createSocket } from 'node:dgram';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { StreamDeframer } from '../../../src/turn/codec/deframer.ts';

export type Transport = 'udp' | 'tcp' | 'tls';

/** A client's connection to a TURN server; messages arrive whole on every transport. */
export interface TurnWire {
  readonly localPort: number;
  readonly stream: boolean;
  write(message: Buffer): void;
  /** Stops reading on streams, so that data piles up, and continues. */
  pause(): void;
  resume(): void;
  close(): void;
}

interface WireOptions {
  transport: Transport;
  host: string;
  port: number;
  /** Source address of UDP; by default any. */
  localAddress?: string | undefined;
  message(bytes: Buffer): void;
  closed(): void;
}

export function openWire(options: WireOptions): Promise<TurnWire> {
  return options.transport === 'udp' ? overUdp(options) : overStream(options);
}

function overUdp({ host, port, localAddress, message, closed }: WireOptions): Promise<TurnWire> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4_194_304 });
  socket.on('message', message);
  socket.on('close', closed);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(0, localAddress, () =>
      resolve({
        localPort: socket.address().port,
        stream: false,
        write: (bytes) => socket.send(bytes, port, host),
        pause() {},
        resume() {},
        close: () => socket.close(),
      }),
    );
  });
}

function overStream({ transport, host, port, message, closed }: WireOptions): Promise<TurnWire> {
  const deframer = new StreamDeframer(70_000);
  return new Promise((resolve, reject) => {
    // Test certificates aren't signed by an authority.
    const socket: Socket =
      transport === 'tls'
        ? connectTls({ host, port, rejectUnauthorized: false }, ready)
        : connectTcp({ host, port, noDelay: true }, ready);
    socket.on('error', reject);
    socket.on('close', closed);
    socket.on('data', (chunk: Buffer) => {
      deframer.push(chunk);
      while (deframer.next()) message(deframer.message.view());
    });
    function ready(): void {
      resolve({
        localPort: socket.localPort ?? 0,
        stream: true,
        write: (bytes) => void socket.write(bytes),
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        close: () => socket.destroy(),
      });
    }
  });
}
