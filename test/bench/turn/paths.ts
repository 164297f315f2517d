import { randomBytes } from 'node:crypto';
import { parseAddress } from '../../../src/turn/codec/addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { freePort } from '../../support/server/process.ts';
import { type At, TurnClient } from '../../support/turn/turn-client.ts';
import type { BenchServer } from './servers.ts';

/** Paths of a packet through a relay. */
export const PATHS = ['channel up', 'channel down', 'Send', 'Data', 'client to client'] as const;
export type Path = (typeof PATHS)[number];

/** Arguments of the flood client, see flood.c. */
export interface Load {
  readonly from: number;
  readonly to: number;
  readonly counted: number;
  /** The start of each packet. */
  readonly prefix: Buffer;
}

type Server = Pick<BenchServer, 'port' | 'credentials'>;

const CHANNEL = 0x4000;

/**
 * Makes allocations, permissions and channels from ports that the flood client then takes over, as a relay knows clients only by
 * their addresses. Returns undefined if the server doesn't support the path.
 */
export async function prepare(path: Path, server: Server, payload: number): Promise<Load | undefined> {
  const peer: At = { address: '127.0.0.1', port: await freePort() };
  const client = await connected(server);
  try {
    const relayed = await client.allocate();
    const from = client.localPort;
    switch (path) {
      case 'channel up':
        await client.bind(CHANNEL, peer);
        return { from, to: server.port, counted: peer.port, prefix: channelHeader(payload) };
      case 'channel down':
        await client.bind(CHANNEL, peer);
        return { from: peer.port, to: relayed.port, counted: from, prefix: Buffer.alloc(0) };
      case 'Send':
        await client.permit(peer);
        return { from, to: server.port, counted: peer.port, prefix: sendHeader(peer, payload) };
      case 'Data':
        await client.permit(peer);
        return { from: peer.port, to: relayed.port, counted: from, prefix: Buffer.alloc(0) };
      case 'client to client': {
        const counted = await joined(server, client, relayed);
        return { from, to: server.port, counted, prefix: channelHeader(payload) };
      }
    }
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

/** Binds a second client and the first to each other. @returns the second one's port */
async function joined(server: Server, client: TurnClient, relayed: At): Promise<number> {
  const other = await connected(server);
  const otherRelayed = await other.allocate();
  await client.bind(CHANNEL, otherRelayed);
  await other.bind(CHANNEL, relayed);
  const { localPort } = other;
  other.close();
  return localPort;
}

function connected({ port, credentials }: Server): Promise<TurnClient> {
  return TurnClient.connect({
    host: '127.0.0.1',
    port,
    credentials,
    localAddress: '127.0.0.1',
    deadline: 2000,
  });
}

function channelHeader(payload: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(CHANNEL, 0);
  header.writeUInt16BE(payload, 2);
  return header;
}

/** A Send indication up to where its data begins. */
function sendHeader({ address, port }: At, payload: number): Buffer {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new Error(`not an IP address: ${address}`);
  const whole = new MessageWriter(METHOD.send, CLASS.indication, randomBytes(12))
    .xorAddress(ATTRIBUTE.xorPeerAddress, parsed, port)
    .bytes(ATTRIBUTE.data, Buffer.alloc(payload))
    .finish(undefined, false);
  return Buffer.from(whole.subarray(0, whole.length - payload));
}
