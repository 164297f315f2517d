import {
  CHANNEL_HEADER_BYTES,
  channelDataLength,
  channelMessageBytes,
  writeChannelData,
} from '../../codec/channel-data.ts';
import { DataWriter, dataIndicationBytes } from '../../codec/data-indication.ts';
import { SendReader } from '../../codec/send-indication.ts';
import { LARGEST_MESSAGE_BYTES, largestDatagram } from '../../codec/sizes.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Allocation, PeerTraffic } from '../allocations/allocation.ts';
import type { RelayPorts } from '../allocations/relay-ports.ts';
import { type Faults, headOf } from '../faults.ts';
import type { Counters } from '../stats.ts';
import { type Bandwidth, boundOf } from './bandwidth.ts';
import type { PeerPolicy } from './peer-policy.ts';
import type { Permission } from './peer-table.ts';

interface ForwarderDeps {
  conf: Pick<RelayConf, 'maxBps'>;
  bandwidth: Bandwidth;
  ports: RelayPorts;
  policy: PeerPolicy;
  counters: Counters;
  faults: Faults;
  /** 8 random bytes. */
  seed: Buffer;
}

/**
 * The hot path: application data between clients and peers. No object, closure or string is made for a packet. Toward
 * the client the header is larger than what arrived: there the message is written anew, into one piece of memory for
 * all, as long as the kernel copies what it is given at once. A buffer for each would be in no cache of the processor.
 */
export class Forwarder implements PeerTraffic {
  readonly #ports: RelayPorts;
  readonly #policy: PeerPolicy;
  readonly #counters: Counters;
  readonly #faults: Faults;
  readonly #send = new SendReader();
  readonly #data: DataWriter;
  #scratch = Buffer.allocUnsafeSlow(LARGEST_MESSAGE_BYTES);
  readonly #maxBytes: number;
  readonly #bandwidth: Bandwidth;

  constructor({ conf, bandwidth, ports, policy, counters, faults, seed }: ForwarderDeps) {
    this.#ports = ports;
    this.#policy = policy;
    this.#counters = counters;
    this.#faults = faults;
    this.#data = new DataWriter(seed);
    this.#maxBytes = boundOf(conf.maxBps);
    this.#bandwidth = bandwidth;
  }

  /** ChannelData from a client (RFC 8656 §12.5). */
  channelUp(allocation: Allocation, buffer: Buffer, offset: number, length: number): void {
    const size = channelDataLength(buffer, offset, length);
    if (size < 0) {
      this.#counters.denials.malformed++;
      return;
    }
    const channel = allocation.peers.channel(buffer.readUInt16BE(offset));
    if (channel === undefined || !channel.permission.live) {
      this.#counters.denials.permission++;
      return;
    }
    this.#up(allocation, buffer, offset + CHANNEL_HEADER_BYTES, size, channel.permission, channel.peer.port);
  }

  /** A Send indication from a client (RFC 8656 §11.2). */
  sendUp(allocation: Allocation, buffer: Buffer, offset: number, length: number): void {
    const send = this.#send;
    if (!send.read(buffer, offset, length) || send.port === 0) {
      this.#counters.denials.malformed++;
      return;
    }
    const permission =
      send.family === allocation.relay.family
        ? allocation.peers.permissionFor(send.a, send.b, send.c, send.d)
        : undefined;
    if (permission === undefined) {
      this.#counters.denials.permission++;
      return;
    }
    this.#up(allocation, buffer, send.dataAt, send.dataLength, permission, send.port);
  }

  refusedUp(length: number): void {
    this.#counters.refusedUp(length);
  }

  /** A datagram from a peer. Never throws. */
  down(
    allocation: Allocation,
    buffer: Buffer,
    offset: number,
    length: number,
    address: string,
    port: number,
  ): void {
    try {
      this.#down(allocation, buffer, offset, length, address, port);
    } catch (error) {
      const head = headOf(buffer, offset, length);
      this.#faults.caught(error, 'a datagram from a peer', { address, port, length, head });
    }
  }

  /** A datagram from a peer, or from another client of this relay (RFC 8656 §11.3, §12.6). */
  #down(
    allocation: Allocation,
    buffer: Buffer,
    offset: number,
    length: number,
    address: string,
    port: number,
  ): void {
    const channel = allocation.peers.channelTo(address, port);
    const permission = channel === undefined ? allocation.peers.permissionOf(address) : channel.permission;
    if (permission?.live !== true) {
      this.#counters.denials.permission++;
      return;
    }
    const usage = allocation.traffic.down;
    if (allocation.bytesDown + length > this.#maxBytes || !this.#bandwidth.down.admits(usage, length)) {
      this.#counters.denials.bandwidth++;
      return;
    }
    const { path } = allocation;
    const size =
      channel === undefined
        ? dataIndicationBytes(permission.address, length)
        : channelMessageBytes(length, path.stream);
    // The one bound on what leaves for a client: header and data together must fit the message's length field, and the
    // datagram if the client is on UDP.
    if (size > path.largest) {
      this.#counters.denials.size++;
      return;
    }
    const { idle } = path;
    const message = idle ? this.#scratch : Buffer.allocUnsafe(size);
    if (channel === undefined) this.#data.write(message, permission.address, port, buffer, offset, length);
    else writeChannelData(message, size, channel.number, buffer, offset, length);
    const taken = path.send(message, size);
    if (idle && !path.idle) this.#scratch = Buffer.allocUnsafeSlow(LARGEST_MESSAGE_BYTES);
    if (!taken) {
      this.#counters.denials.congestion++;
      return;
    }
    allocation.bytesDown += length;
    this.#bandwidth.down.took(usage, length);
    this.#counters.packetsDown++;
    this.#counters.bytesDown += length;
  }

  #up(
    allocation: Allocation,
    buffer: Buffer,
    offset: number,
    length: number,
    permission: Permission,
    port: number,
  ): void {
    const usage = allocation.traffic.up;
    if (allocation.bytesUp + length > this.#maxBytes || !this.#bandwidth.up.admits(usage, length)) {
      this.#counters.denials.bandwidth++;
      return;
    }
    const { address, home } = permission;
    // A client on TCP can say more than fits into a datagram, also when another client of this relay gets it.
    if (length > largestDatagram(address.family)) {
      this.#counters.denials.size++;
      return;
    }
    // A peer on this machine: another client's relay port gets the packet in memory, and only where the policy says
    // so does it go through the kernel. What it says of a port that isn't a relay's never changes.
    const inside = home === 'relay' ? this.#ports.find(address.family, port)?.allocation : undefined;
    if (inside === undefined && home !== 'away' && permission.allowedPort !== port) {
      if (this.#policy.route(address, port) !== 'outside') {
        this.#counters.denials.peer++;
        return;
      }
      permission.allowedPort = port;
    }
    if (inside === undefined && !allocation.relay.send(buffer, offset, length, port, address.text)) {
      this.#counters.denials.congestion++;
      return;
    }
    allocation.bytesUp += length;
    this.#bandwidth.up.took(usage, length);
    this.#counters.packetsUp++;
    this.#counters.bytesUp += length;
    if (inside === undefined) return;
    this.#counters.packetsInside++;
    const { relayed } = allocation;
    this.#down(inside, buffer, offset, length, relayed.address.text, relayed.port);
  }
}
