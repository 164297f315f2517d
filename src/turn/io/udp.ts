import { messageOf } from '../../domain/errors.ts';
import type { DatagramReceiver, DatagramSocket, SocketAddress } from '../core/relay-io.ts';
import { BUFFER_BYTES } from './plain-udp.ts';

/** A bound UDP socket. */
export interface UdpSocket extends DatagramSocket {
  readonly local: SocketAddress;
  /** Bytes of received datagrams that the kernel buffers. */
  readonly receiveBufferBytes: number;
}

/**
 * Opens a UDP socket and binds it before it returns; IPv6 sockets are IPv6 only.
 * @param address an IP address of this machine
 * @param port 0: any free one
 * @param receiverFor returns who gets the datagrams, given the socket to answer by
 * @throws the system's error, with its `code` (EADDRINUSE, EADDRNOTAVAIL …)
 */
export type OpenUdp = (
  address: string,
  port: number,
  receiverFor: (socket: DatagramSocket, local: SocketAddress) => DatagramReceiver,
) => UdpSocket;

/**
 * Opens a relay socket. Returns undefined if the port is unavailable.
 * @param onRefused called with the error unless another program has the port, as then the next one may be free
 */
export function openRelaySocket(
  open: OpenUdp,
  address: string,
  port: number,
  receiver: DatagramReceiver,
  onRefused: (error: unknown) => void = () => {},
): UdpSocket | undefined {
  try {
    return open(address, port, () => receiver);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') onRefused(error);
    return undefined;
  }
}

/** The system's code of an error (EADDRINUSE …), or the message if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}

/** Advice for the administrator if the kernel grants a listener a smaller buffer than it asked for. */
export function bufferAdvice(receiveBufferBytes: number): string | undefined {
  if (receiveBufferBytes >= BUFFER_BYTES) return undefined;
  return (
    `the kernel buffers only ${receiveBufferBytes} bytes of what arrives for the relay, so packets may be lost when many ` +
    `calls run while the machine is busy. To raise the limit: sysctl -w net.core.rmem_max=${BUFFER_BYTES}`
  );
}
