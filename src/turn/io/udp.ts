import { messageOf } from '../../domain/errors.ts';
import type { DatagramReceiver, DatagramSocket, ListenerAddress } from '../core/relay-io.ts';
import { BUFFER_BYTES } from './plain-udp.ts';

/** A bound UDP socket. */
export interface UdpSocket extends DatagramSocket {
  readonly local: ListenerAddress;
  /** Bytes of received datagrams that the kernel keeps for it. */
  readonly receiveBuffer: number;
}

/**
 * Opens a socket, bound at once. One of IPv6 takes IPv6 alone.
 * @param address an IP address of this machine
 * @param port 0: any free one
 * @param receiverOf who gets the datagrams; the socket is passed so that answers can leave by it
 * @throws the system's error, with its `code` (EADDRINUSE, EADDRNOTAVAIL …)
 */
export type OpenUdp = (
  address: string,
  port: number,
  receiverOf: (socket: DatagramSocket, local: ListenerAddress) => DatagramReceiver,
) => UdpSocket;

/**
 * A relay socket; undefined if the port can't be had.
 * @param refused hears why, save that another program has the port: the next one may be free
 */
export function openRelaySocket(
  open: OpenUdp,
  address: string,
  port: number,
  receiver: DatagramReceiver,
  refused: (error: unknown) => void = () => {},
): UdpSocket | undefined {
  try {
    return open(address, port, () => receiver);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') refused(error);
    return undefined;
  }
}

/** The system's name of an error (EADDRINUSE …); the message of an error that is none of the system's. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}

/** What to tell the administrator of a listener whose kernel grants it less than it asked for. */
export function bufferAdvice(receiveBuffer: number): string | undefined {
  if (receiveBuffer >= BUFFER_BYTES) return undefined;
  return (
    `the kernel keeps ${receiveBuffer} bytes of what arrives for the relay: with many calls at once packets may be ` +
    `lost while the machine is busy. To let it keep more: sysctl -w net.core.rmem_max=${BUFFER_BYTES}`
  );
}
