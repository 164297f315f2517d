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

/** A relay socket; undefined where the port can't be had. */
export function openRelaySocket(
  open: OpenUdp,
  address: string,
  port: number,
  receiver: DatagramReceiver,
): UdpSocket | undefined {
  try {
    return open(address, port, () => receiver);
  } catch {
    return undefined;
  }
}

/** What to tell the administrator of a listener whose kernel grants it less than it asked for. */
export function bufferAdvice(receiveBuffer: number): string | undefined {
  if (receiveBuffer >= BUFFER_BYTES) return undefined;
  return (
    `the kernel keeps ${receiveBuffer} bytes of what arrives for the relay: with many calls at once packets may be ` +
    `lost while the machine is busy. To let it keep more: sysctl -w net.core.rmem_max=${BUFFER_BYTES}`
  );
}
