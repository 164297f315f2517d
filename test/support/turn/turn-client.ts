import { createHash, randomBytes } from 'node:crypto';
import { parseAddress } from '../../../src/turn/codec/addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { channelDataLength, looksLikeChannelData } from '../../../src/turn/codec/channel-data.ts';
import {
  attributeOf,
  decodeMessage,
  hasIntegrity,
  type StunMessage,
} from '../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { readXorAddress } from '../../../src/turn/codec/xor-address.ts';
import type { TurnCredentials } from '../../../src/turn/ice/credentials.ts';
import { encodeChannelData, packetOf } from './packets.ts';
import { openWire, type Transport, type TurnWire } from './turn-wire.ts';

export interface At {
  readonly address: string;
  readonly port: number;
}

/** Data from a peer, by a channel or in a Data indication with the peer's address. */
export interface Received {
  readonly from: At | number;
  readonly data: Buffer;
}

/** An error response. */
export class TurnRefusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the TURN server answered ${code}`);
    this.code = code;
  }
}

interface TurnClientOptions {
  readonly host: string;
  readonly port: number;
  readonly transport?: Transport;
  readonly credentials: TurnCredentials;
  readonly localAddress?: string;
  /** Max milliseconds to wait for a response or for data. */
  readonly deadline?: number;
  /** Called with data from peers, which is kept for `next()` otherwise. */
  readonly onData?: (received: Received) => void;
}

type Fill = (writer: MessageWriter) => MessageWriter;

const UDP_PROTOCOL = 17 * 0x100_0000;

/** A small TURN client over UDP, TCP or TLS, which checks the integrity of every success response. */
export class TurnClient {
  readonly #options: TurnClientOptions;
  readonly #answers = new Map<string, (message: StunMessage) => void>();
  readonly #received: Received[] = [];
  readonly #waiting: ((received: Received) => void)[] = [];
  #wire: TurnWire | undefined;
  #key: Buffer | undefined;
  #realm = '';
  #nonce = Buffer.alloc(0);
  /** Resolves when the connection or socket is closed. */
  readonly closed: Promise<void>;
  #gone = () => {};

  constructor(options: TurnClientOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#gone = resolve;
    });
  }

  static async connect(options: TurnClientOptions): Promise<TurnClient> {
    const client = new TurnClient(options);
    client.#wire = await openWire({
      transport: options.transport ?? 'udp',
      host: options.host,
      port: options.port,
      localAddress: options.localAddress,
      message: (bytes) => client.#hear(bytes),
      closed: () => client.#gone(),
    });
    return client;
  }

  get localPort(): number {
    return this.#opened.localPort;
  }

  /** @returns the relayed transport address */
  async allocate(fill: Fill = (writer) => writer): Promise<At> {
    const answer = await this.request(METHOD.allocate, (writer) =>
      fill(writer.uint32(ATTRIBUTE.requestedTransport, UDP_PROTOCOL)),
    );
    return addressIn(answer, ATTRIBUTE.xorRelayedAddress);
  }

  /** @returns the lifetime granted, in seconds */
  async refresh(lifetimeSeconds?: number): Promise<number> {
    const answer = await this.request(METHOD.refresh, (writer) =>
      lifetimeSeconds === undefined ? writer : writer.uint32(ATTRIBUTE.lifetime, lifetimeSeconds),
    );
    return attributeOf(answer, ATTRIBUTE.lifetime)?.readUInt32BE() ?? Number.NaN;
  }

  async permit(...peers: readonly At[]): Promise<void> {
    await this.request(METHOD.createPermission, (writer) => {
      for (const at of peers) peer(writer, at);
      return writer;
    });
  }

  async bind(channel: number, to: At): Promise<void> {
    await this.request(METHOD.channelBind, (writer) =>
      peer(writer.uint32(ATTRIBUTE.channelNumber, channel * 0x1_0000), to),
    );
  }

  /** @returns this client's address as the server sees it */
  async binding(): Promise<At> {
    const answer = await this.#ask(METHOD.binding, (writer) => writer, false);
    return addressIn(answer, ATTRIBUTE.xorMappedAddress);
  }

  sendChannel(channel: number, data: Buffer): void {
    this.write(encodeChannelData(channel, data, this.#opened.stream));
  }

  sendTo(to: At, data: Buffer): void {
    const writer = new MessageWriter(METHOD.send, CLASS.indication, randomBytes(12));
    this.write(peer(writer, to).bytes(ATTRIBUTE.data, data).finish(undefined, false));
  }

  write(bytes: Buffer): void {
    this.#opened.write(bytes);
  }

  /** The next data from a peer; rejects after the deadline. */
  next(): Promise<Received> {
    const kept = this.#received.shift();
    if (kept !== undefined) return Promise.resolve(kept);
    return this.#inTime('data from a peer', (resolve) => this.#waiting.push(resolve));
  }

  /** Sends a request, with credentials once the server has asked for them. @throws TurnRefusal */
  async request(method: number, fill: Fill): Promise<StunMessage> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#ask(method, fill, this.#key !== undefined);
      if (answer.class === CLASS.success) return this.#verified(answer);
      const code = errorCode(answer);
      const fresh = this.#challenged(answer);
      if (attempt > 2 || !fresh || !((code === 401 && attempt === 1) || code === 438))
        throw new TurnRefusal(code);
    }
  }

  /** Stops reading, on TCP and TLS, and continues. */
  pause(): void {
    this.#opened.pause();
  }

  resume(): void {
    this.#opened.resume();
  }

  close(): void {
    this.#wire?.close();
  }

  get #opened(): TurnWire {
    if (this.#wire === undefined) throw new Error('not connected');
    return this.#wire;
  }

  #ask(method: number, fill: Fill, signed: boolean): Promise<StunMessage> {
    const id = randomBytes(12);
    const writer = fill(new MessageWriter(method, CLASS.request, id));
    if (signed) {
      writer.text(ATTRIBUTE.username, this.#options.credentials.username);
      writer.text(ATTRIBUTE.realm, this.#realm).bytes(ATTRIBUTE.nonce, this.#nonce);
    }
    const bytes = writer.finish(signed ? this.#key : undefined, true);
    return this.#inTime(`an answer to ${method}`, (resolve) => {
      this.#answers.set(id.toString('hex'), resolve);
      this.write(bytes);
    });
  }

  /** Uses realm and nonce of a 401 or 438. Returns false if there are none. */
  #challenged(answer: StunMessage): boolean {
    const realm = attributeOf(answer, ATTRIBUTE.realm)?.toString('utf8');
    const nonce = attributeOf(answer, ATTRIBUTE.nonce);
    if (realm === undefined || nonce === undefined) return false;
    const { username, credential } = this.#options.credentials;
    this.#realm = realm;
    this.#nonce = Buffer.from(nonce);
    this.#key = createHash('md5').update(`${username}:${realm}:${credential}`).digest();
    return true;
  }

  #verified(answer: StunMessage): StunMessage {
    if (this.#key === undefined || !hasIntegrity(answer, this.#key)) {
      throw new Error('a success response without its MESSAGE-INTEGRITY: browsers discard it');
    }
    return answer;
  }

  #hear(bytes: Buffer): void {
    if (bytes.length > 0 && looksLikeChannelData(bytes[0] ?? 0)) {
      const length = channelDataLength(packetOf(bytes));
      this.#deliver({ from: bytes.readUInt16BE(0), data: bytes.subarray(4, 4 + length) });
      return;
    }
    const message = decodeMessage(bytes);
    if (message === undefined) return;
    if (message.class === CLASS.indication) {
      const data = attributeOf(message, ATTRIBUTE.data) ?? Buffer.alloc(0);
      this.#deliver({ from: addressIn(message, ATTRIBUTE.xorPeerAddress), data });
      return;
    }
    const id = message.transactionId.toString('hex');
    this.#answers.get(id)?.(message);
    this.#answers.delete(id);
  }

  #deliver(received: Received): void {
    const take = this.#options.onData ?? this.#waiting.shift();
    if (take === undefined) this.#received.push(received);
    else take(received);
  }

  #inTime<T>(what: string, start: (resolve: (value: T) => void) => void): Promise<T> {
    const ms = this.#options.deadline ?? 5000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${what} within ${ms} ms`)), ms);
      start((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  }
}

function peer(writer: MessageWriter, { address, port }: At): MessageWriter {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new Error(`not an IP address: ${address}`);
  return writer.xorAddress(ATTRIBUTE.xorPeerAddress, parsed, port);
}

function addressIn(message: StunMessage, type: number): At {
  const found = readXorAddress(attributeOf(message, type) ?? Buffer.alloc(0), message.transactionId);
  if (found === undefined) throw new Error(`no address attribute ${type} in the message`);
  return { address: found.address.text, port: found.port };
}

function errorCode(message: StunMessage): number {
  const value = attributeOf(message, ATTRIBUTE.errorCode);
  return value === undefined ? 0 : (value[2] ?? 0) * 100 + (value[3] ?? 0);
}
