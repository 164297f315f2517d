import {
  CHANNEL_HEADER_BYTES,
  channelDataLength,
  channelMessageBytes,
  writeChannelData,
} from '../../codec/channel-data.ts';
import { DataWriter, dataIndicationBytes } from '../../codec/data-indication.ts';
import { LARGEST_MESSAGE_BYTES } from '../../codec/message.ts';
import { largestDatagram, Packet } from '../../codec/packet.ts';
import { SendReader } from '../../codec/send-indication.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Allocation, PeerTraffic } from '../allocations/allocation.ts';
import type { RelayPorts } from '../allocations/relay-ports.ts';
import type { Faults } from '../faults.ts';
import type { Counters } from '../stats.ts';
import { type Bandwidth, limitOf } from './bandwidth.ts';
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
 * The hot path: application data between clients and peers, without allocating an object, closure or string per packet.
 * Toward peers the received memory is sent on. Toward clients the header is larger than the one received, so each message is
 * written to one buffer that is always the same and stays in the CPU's cache.
 */
export class Forwarder implements PeerTraffic {
  readonly #ports: RelayPorts;
  readonly #policy: PeerPolicy;
  readonly #counters: Counters;
  readonly #faults: Faults;
  readonly #maxBytes: number;
  readonly #bandwidth: Bandwidth;
  readonly #sendReader = new SendReader();
  readonly #dataWriter: DataWriter;
  readonly #toPeer = new Packet();
  readonly #toClient = new Packet();

  constructor({ conf, bandwidth, ports, policy, counters, faults, seed }: ForwarderDeps) {
    this.#ports = ports;
    this.#policy = policy;
    this.#counters = counters;
    this.#faults = faults;
    this.#maxBytes = limitOf(conf.maxBps);
    this.#bandwidth = bandwidth;
    this.#dataWriter = new DataWriter(seed);
    this.#toClient.bytes = Buffer.allocUnsafeSlow(LARGEST_MESSAGE_BYTES);
  }

  /** Relays ChannelData from a client (RFC 8656 §12.5). */
  forwardChannelData(allocation: Allocation, message: Packet): void {
    const size = channelDataLength(message);
    if (size < 0) {
      this.#counters.denials.malformed++;
      return;
    }
    const { bytes, offset } = message;
    const channel = allocation.peers.channel(bytes.readUInt16BE(offset));
    if (channel === undefined || !channel.permission.live) {
      this.#counters.denials.permission++;
      return;
    }
    const { permission, peer } = channel;
    this.#toPeer.set(bytes, offset + CHANNEL_HEADER_BYTES, size, permission.address.text, peer.port);
    this.#relayToPeer(allocation, permission, this.#toPeer);
  }

  /** Relays a Send indication from a client (RFC 8656 §11.2). */
  forwardSend(allocation: Allocation, message: Packet): void {
    const send = this.#sendReader;
    if (!send.read(message) || send.port === 0) {
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
    const { dataAt, dataLength, port } = send;
    this.#toPeer.set(message.bytes, dataAt, dataLength, permission.address.text, port);
    this.#relayToPeer(allocation, permission, this.#toPeer);
  }

  fromPeer(allocation: Allocation, packet: Packet): void {
    try {
      this.#relayToClient(allocation, packet);
    } catch (error) {
      const { address, port, length } = packet;
      this.#faults.report(error, 'a datagram from a peer', { address, port, length, head: packet.head() });
    }
  }

  sendToPeerFailed(length: number): void {
    this.#counters.sendToPeerFailed(length);
  }

  #relayToPeer(allocation: Allocation, permission: Permission, packet: Packet): void {
    const { length, port } = packet;
    const usage = allocation.traffic.up;
    if (allocation.bytesUp + length > this.#maxBytes || !this.#bandwidth.up.admits(usage, length)) {
      this.#counters.denials.bandwidth++;
      return;
    }
    const { address, location } = permission;
    // A client on TCP can send more than fits into a datagram; this also bounds what another client of this relay gets.
    if (length > largestDatagram(address.family)) {
      this.#counters.denials.size++;
      return;
    }
    // A peer on this machine that is another client's relay port gets the packet in memory. Any other needs the policy's
    // consent for each port, remembered in `allowedPort` because it doesn't change for ports that aren't relay ports.
    let inside = location === 'relay' ? this.#ports.find(address.family, port)?.allocation : undefined;
    if (inside === undefined && location === 'same_user') {
      inside = this.#ports.find(address.family, port)?.allocation;
      if (inside?.user.id !== allocation.user.id) {
        this.#counters.denials.peer++;
        return;
      }
    } else if (inside === undefined && location !== 'remote' && permission.allowedPort !== port) {
      if (this.#policy.route(address, port) !== 'outside') {
        this.#counters.denials.peer++;
        return;
      }
      permission.allowedPort = port;
    }
    if (inside === undefined && !allocation.relay.send(packet)) {
      this.#counters.denials.congestion++;
      return;
    }
    allocation.bytesUp += length;
    this.#bandwidth.up.count(usage, length);
    this.#counters.packetsUp++;
    this.#counters.bytesUp += length;
    if (inside === undefined) return;
    this.#counters.packetsInside++;
    // The other client sees it come from this client's relayed transport address.
    packet.address = allocation.relayed.address.text;
    packet.port = allocation.relayed.port;
    this.#relayToClient(inside, packet);
  }

  /** RFC 8656 §11.3 and §12.6: ChannelData if a channel is bound to the peer, else a Data indication. */
  #relayToClient(allocation: Allocation, packet: Packet): void {
    const { length, address, port } = packet;
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
    // Header and data together must fit the message's length field and, if the client is on UDP, the datagram.
    if (size > path.maxMessageBytes) {
      this.#counters.denials.size++;
      return;
    }
    const message = this.#toClient;
    message.length = size;
    if (channel === undefined) this.#dataWriter.write(message.bytes, permission.address, packet);
    else writeChannelData(message.bytes, size, channel.number, packet);
    if (!path.send(message)) {
      this.#counters.denials.congestion++;
      return;
    }
    allocation.bytesDown += length;
    this.#bandwidth.down.count(usage, length);
    this.#counters.packetsDown++;
    this.#counters.bytesDown += length;
  }
}
