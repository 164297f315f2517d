import { createHash, createHmac } from 'node:crypto';
import { type Log, silentLog } from '../../../src/lib/log.ts';
import { parseAddress } from '../../../src/turn/codec/addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from '../../../src/turn/conf/relay-conf.ts';
import { createEngine, type Engine } from '../../../src/turn/core/engine.ts';
import type { RelayAddresses } from '../../../src/turn/core/relay-addresses.ts';
import type { DatagramReceiver } from '../../../src/turn/core/relay-io.ts';
import { FakeClock } from '../fakes/clock.ts';
import { Answer } from './answer.ts';
import { arrive, FakeRelayIo, FakeSocket } from './fake-io.ts';

export const SECRET = 'a secret of at least some length';
export const REALM = 'parley';
export const RELAYED4 = '203.0.113.1';
export const RELAYED6 = '2001:db8::1';

/** Pseudo-random bytes that are the same in every run. */
export function countedBytes(seed = 'test'): (size: number) => Buffer {
  let count = 0;
  return (size) => {
    const parts: Buffer[] = [];
    for (let length = 0; length < size; length += 32) {
      parts.push(createHash('sha256').update(`${seed}:${count++}`).digest());
    }
    return Buffer.concat(parts).subarray(0, size);
  };
}

export interface FakeRelay {
  readonly engine: Engine;
  readonly io: FakeRelayIo;
  readonly clock: FakeClock;
  readonly socket: FakeSocket;
  readonly listener: DatagramReceiver;
}

export function fakeRelay(
  conf: Partial<RelayConf> = {},
  addresses: Partial<RelayAddresses> = {},
  log: Log = silentLog,
): FakeRelay {
  const io = new FakeRelayIo();
  const clock = new FakeClock();
  const engine = createEngine({
    conf: { ...RELAY_CONF_DEFAULTS, realm: REALM, staticAuthSecrets: [SECRET], ...conf },
    addresses: {
      relayed4: RELAYED4,
      relayed6: RELAYED6,
      own: ['10.0.0.1'],
      listenerPorts: [3478, 5349],
      ...addresses,
    },
    io,
    clock,
    log,
    randomBytes: countedBytes(),
  });
  const socket = new FakeSocket();
  const listener = engine.addListener(socket, { address: '10.0.0.1', port: 3478 });
  return { engine, io, clock, socket, listener };
}

/** Credentials by the TURN REST convention, by default valid for an hour of the fake clock. */
export function restCredentials(clock: FakeClock, peerId: string, seconds = 3600): Credentials {
  const username = `${Math.floor(clock.now() / 1000) + seconds}:${peerId}`;
  return { username, password: createHmac('sha1', SECRET).update(username).digest('base64') };
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

type Fill = (writer: MessageWriter) => MessageWriter;
const nothing: Fill = (writer) => writer;
const nextId = countedBytes('transactions');

interface RequestOptions {
  /** Sends the request without credentials. */
  readonly bare?: boolean;
  readonly fingerprint?: boolean;
  readonly transactionId?: Buffer;
  readonly nonce?: Buffer;
}

/** A UDP client with what tests need. */
export class TestClient {
  readonly relay: FakeRelay;
  readonly address: string;
  readonly port: number;
  readonly credentials: Credentials;
  nonce: Buffer | undefined;

  constructor(
    relay: FakeRelay,
    {
      address = '198.51.100.7',
      port = 40_000,
      peerId = 'alice',
      credentials = undefined as Credentials | undefined,
    } = {},
  ) {
    this.relay = relay;
    this.address = address;
    this.port = port;
    this.credentials = credentials ?? restCredentials(relay.clock, peerId);
  }

  get key(): Buffer {
    const { username, password } = this.credentials;
    return createHash('md5').update(`${username}:${REALM}:${password}`).digest();
  }

  /** Sends raw bytes. @returns the responses to this client */
  raw(bytes: Buffer): Buffer[] {
    arrive(this.relay.listener, bytes, this.address, this.port);
    return this.received();
  }

  received(): Buffer[] {
    const { sent } = this.relay.socket;
    const mine = sent.filter(({ address, port }) => address === this.address && port === this.port);
    for (const message of mine) sent.splice(sent.indexOf(message), 1);
    return mine.map(({ data }) => data);
  }

  encode(method: number, fill: Fill = nothing, options: RequestOptions = {}): Buffer {
    const writer = new MessageWriter(method, CLASS.request, options.transactionId ?? nextId(12));
    fill(writer);
    if (options.bare === true) return writer.finish(undefined, options.fingerprint ?? false);
    this.nonce ??= this.#freshNonce();
    const nonce = options.nonce ?? this.nonce;
    writer.text(ATTRIBUTE.username, this.credentials.username);
    writer.text(ATTRIBUTE.realm, REALM).bytes(ATTRIBUTE.nonce, nonce);
    return writer.finish(this.key, options.fingerprint ?? false);
  }

  /** Sends one request. @returns its only response */
  request(method: number, fill?: Fill, options?: RequestOptions): Answer {
    const answers = this.raw(this.encode(method, fill, options));
    // The next datagram comes in another turn of the event loop.
    this.relay.io.settle();
    const [answer] = answers;
    if (answer === undefined || answers.length > 1)
      throw new Error(`${answers.length} answers to one request`);
    return new Answer(answer);
  }

  allocate(fill: Fill = nothing, options?: RequestOptions): Answer {
    return this.request(
      METHOD.allocate,
      (writer) => fill(writer.uint32(ATTRIBUTE.requestedTransport, UDP)),
      options,
    );
  }

  permit(...peers: readonly string[]): Answer {
    return this.request(METHOD.createPermission, (writer) => {
      for (const text of peers) writePeer(writer, text);
      return writer;
    });
  }

  bind(number: number, text: string): Answer {
    return this.request(METHOD.channelBind, (writer) =>
      writePeer(writer.uint32(ATTRIBUTE.channelNumber, number * 65_536), text),
    );
  }

  refresh(lifetime?: number): Answer {
    return this.request(METHOD.refresh, (writer) =>
      lifetime === undefined ? writer : writer.uint32(ATTRIBUTE.lifetime, lifetime),
    );
  }

  send(text: string, data: string | Buffer): Buffer[] {
    return this.raw(sendIndication(text, Buffer.from(data)));
  }

  channelData(number: number, data: string | Buffer): Buffer[] {
    return this.raw(channelData(number, Buffer.from(data)));
  }

  #freshNonce(): Buffer {
    const nonce = this.allocate(nothing, { bare: true }).attribute(ATTRIBUTE.nonce);
    if (nonce === undefined) throw new Error('no nonce came with the 401');
    return nonce;
  }
}

/** A relay whose nonces never become stale, with one client that has an allocation, and its relay socket. */
export function relayWithAllocation(conf: Partial<RelayConf> = {}) {
  const relay = fakeRelay({ staleNonce: 0, ...conf });
  const client = new TestClient(relay);
  const port = client.allocate().relayedPort;
  return { relay, client, socket: relay.io.at(port), port };
}

/** REQUESTED-TRANSPORT: UDP. */
export const UDP = 17 * 2 ** 24;

/** `203.0.113.9:5000` or `[2001:db8::9]:5000`. */
export function writePeer(writer: MessageWriter, text: string): MessageWriter {
  const at = text.lastIndexOf(':');
  const address = parseAddress(text.slice(0, at).replace(/[[\]]/g, ''));
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return writer.xorAddress(ATTRIBUTE.xorPeerAddress, address, Number(text.slice(at + 1)));
}

export function sendIndication(peer: string, data: Buffer, fill: Fill = nothing): Buffer {
  const writer = new MessageWriter(METHOD.send, CLASS.indication, nextId(12));
  return fill(writePeer(writer, peer)).bytes(ATTRIBUTE.data, data).finish(undefined, false);
}

export function channelData(number: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(number, 0);
  head.writeUInt16BE(data.length, 2);
  return Buffer.concat([head, data]);
}
