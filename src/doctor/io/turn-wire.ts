import { createSocket } from 'node:dgram';
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { StreamDeframer } from '../../turn/codec/deframer.ts';
import { LARGEST_MESSAGE_BYTES } from '../../turn/codec/message.ts';
import { type SeenCertificate, seenCertificate } from './seen-certificate.ts';

export type TurnTransport = 'udp' | 'tcp' | 'tls';

export interface TurnServerAddress {
  readonly transport: TurnTransport;
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** Whom the certificate must be for. */
  readonly name: string;
}

interface WireEvents {
  message(bytes: Buffer): void;
  /** The other end is gone. */
  failed(error: Error): void;
}

/** A way to a TURN server. */
export interface TurnWire {
  readonly certificate: SeenCertificate | undefined;
  send(bytes: Buffer): void;
  close(): void;
}

/** Connects. Rejects with the system's or OpenSSL's error; a certificate that a browser would refuse is none. */
export function openTurnWire(
  server: TurnServerAddress,
  events: WireEvents,
  signal: AbortSignal,
): Promise<TurnWire> {
  return server.transport === 'udp' ? openUdp(server, events) : openStream(server, events, signal);
}

function openUdp({ address, port }: TurnServerAddress, events: WireEvents): Promise<TurnWire> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    // Connected, so that ICMP's "port unreachable" becomes an error.
    socket.connect(port, address, () => {
      socket.off('error', reject);
      socket.on('error', events.failed);
      socket.on('message', events.message);
      resolve({
        certificate: undefined,
        send: (bytes) => socket.send(bytes, (error) => (error === null ? undefined : events.failed(error))),
        close: () => socket.close(),
      });
    });
  });
}

function openStream(
  { transport, address, port, name }: TurnServerAddress,
  events: WireEvents,
  signal: AbortSignal,
): Promise<TurnWire> {
  const servername = isIP(name) === 0 ? { servername: name } : {};
  const options = { host: address, port, rejectUnauthorized: false, ...servername };
  const socket: Socket = transport === 'tls' ? connectTls(options) : connectTcp(options);
  const deframer = new StreamDeframer(LARGEST_MESSAGE_BYTES);
  return new Promise((resolve, reject) => {
    const giveUp = () => socket.destroy(new Error('no answer'));
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', reject);
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject);
      socket.on('error', events.failed);
      socket.on('close', () => events.failed(new Error('the connection was closed')));
      socket.on('data', (chunk: Buffer) => {
        deframer.push(chunk);
        while (deframer.next()) events.message(Buffer.from(deframer.message.view()));
        if (deframer.broken) events.failed(new Error('what answers there is no TURN server'));
      });
      resolve({
        certificate: transport === 'tls' ? seenCertificate(socket as TLSSocket) : undefined,
        send: (bytes) => void socket.write(bytes),
        close: () => void socket.destroy(),
      });
    });
  });
}
