import { createHash, randomBytes } from 'node:crypto';
import { ATTRIBUTE, CLASS, METHOD } from '../turn/codec/attributes.ts';
import { attributeOf, decodeMessage, type StunMessage } from '../turn/codec/message.ts';
import { MessageWriter } from '../turn/codec/message-writer.ts';
import { readXorAddress, type TransportAddress } from '../turn/codec/xor-address.ts';
import type { TurnCredentials } from '../turn/ice/credentials.ts';
import { openTurnWire, type TurnServerAddress, type TurnWire } from './io/turn-wire.ts';

/** An error response (RFC 8489 §14.8). */
export class TurnRefusal extends Error {
  override readonly name = 'TurnRefusal';
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`${code} ${reason}`);
    this.code = code;
  }
}

type Fill = (writer: MessageWriter) => MessageWriter;

/** Milliseconds before a request over UDP is sent again; doubled each time (RFC 8489 §6.2.1). */
const RETRANSMIT_MS = 250;
/** REQUESTED-TRANSPORT: UDP. */
const UDP_PROTOCOL = 17 * 0x100_0000;

/** A small TURN client (RFC 8656): one allocation, and data in indications. Everything rejects when the signal aborts. */
export class TurnClient {
  readonly #wire: TurnWire;
  readonly #credentials: TurnCredentials;
  readonly #signal: AbortSignal;
  readonly #isUdp: boolean;
  readonly #answers = new Map<string, (message: StunMessage) => void>();
  readonly #failed: Promise<never>;
  #heard: (data: Buffer) => void = () => {};
  #realm = Buffer.alloc(0);
  #nonce = Buffer.alloc(0);
  #key: Buffer | undefined;

  private constructor(
    wire: TurnWire,
    isUdp: boolean,
    credentials: TurnCredentials,
    signal: AbortSignal,
    failed: Promise<never>,
  ) {
    this.#wire = wire;
    this.#isUdp = isUdp;
    this.#credentials = credentials;
    this.#signal = signal;
    this.#failed = failed;
  }

  static async connect(
    server: TurnServerAddress,
    credentials: TurnCredentials,
    signal: AbortSignal,
  ): Promise<TurnClient> {
    let fail = (_error: Error): void => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {});
    signal.addEventListener('abort', () => fail(new Error('no answer')), { once: true });
    // Nothing comes before the first request.
    let hear = (_bytes: Buffer): void => {};
    const events = { message: (bytes: Buffer) => hear(bytes), failed: fail };
    const wire = await Promise.race([openTurnWire(server, events, signal), failed]);
    const client = new TurnClient(wire, server.transport === 'udp', credentials, signal, failed);
    hear = (bytes) => client.#hear(bytes);
    return client;
  }

  get certificate(): TurnWire['certificate'] {
    return this.#wire.certificate;
  }

  /** Returns the relayed address. @throws TurnRefusal, with 401 if the credentials were refused */
  async allocate(): Promise<TransportAddress> {
    const fill: Fill = (writer) => writer.uint32(ATTRIBUTE.requestedTransport, UDP_PROTOCOL);
    const message = await this.#authenticated(METHOD.allocate, fill);
    const relayed = attributeOf(message, ATTRIBUTE.xorRelayedAddress);
    const address = relayed && readXorAddress(relayed, message.transactionId);
    if (address === undefined) throw new Error('the allocation has no address');
    return address;
  }

  async permit({ address, port }: TransportAddress): Promise<void> {
    await this.#authenticated(METHOD.createPermission, (writer) =>
      writer.xorAddress(ATTRIBUTE.xorPeerAddress, address, port),
    );
  }

  /** Sends a packet to a peer again and again until it comes back in a Data indication. */
  async loop({ address, port }: TransportAddress): Promise<void> {
    const data = randomBytes(32);
    const back = new Promise<void>((resolve) => {
      this.#heard = (received) => (received.equals(data) ? resolve() : undefined);
    });
    const stop = this.#repeat(() =>
      this.#wire.send(
        new MessageWriter(METHOD.send, CLASS.indication, randomBytes(12))
          .xorAddress(ATTRIBUTE.xorPeerAddress, address, port)
          .bytes(ATTRIBUTE.data, data)
          .finish(undefined, false),
      ),
    );
    await Promise.race([back, this.#failed]).finally(stop);
  }

  /** Ends the allocation without waiting for the answer. */
  close(): void {
    if (this.#key !== undefined) {
      const end = this.#request(METHOD.refresh, (writer) => writer.uint32(ATTRIBUTE.lifetime, 0));
      this.#wire.send(end.bytes);
    }
    setImmediate(() => this.#wire.close());
  }

  /** Asks without credentials for realm and nonce, then with them; again if the nonce is stale (RFC 8489 §9.2). */
  async #authenticated(method: number, fill: Fill): Promise<StunMessage> {
    for (let tries = 0; ; tries++) {
      const message = await this.#ask(method, fill);
      if (message.class === CLASS.success) return message;
      const error = attributeOf(message, ATTRIBUTE.errorCode);
      const code = (error?.[2] ?? 0) * 100 + (error?.[3] ?? 0);
      const realm = attributeOf(message, ATTRIBUTE.realm);
      const nonce = attributeOf(message, ATTRIBUTE.nonce);
      const mayTryAgain = (code === 401 && this.#key === undefined) || (code === 438 && tries < 2);
      if (!mayTryAgain || realm === undefined || nonce === undefined) {
        throw new TurnRefusal(code, error?.subarray(4).toString() ?? '');
      }
      [this.#realm, this.#nonce] = [Buffer.from(realm), Buffer.from(nonce)];
      const { username, credential } = this.#credentials;
      this.#key = createHash('md5').update(`${username}:${this.#realm}:${credential}`).digest();
    }
  }

  async #ask(method: number, fill: Fill): Promise<StunMessage> {
    const { id, bytes } = this.#request(method, fill);
    const answer = new Promise<StunMessage>((resolve) => this.#answers.set(id, resolve));
    const send = () => this.#wire.send(bytes);
    let stop = (): void => {};
    if (this.#isUdp) stop = this.#repeat(send);
    else send();
    return Promise.race([answer, this.#failed]).finally(stop);
  }

  #request(method: number, fill: Fill): { id: string; bytes: Buffer } {
    const transactionId = randomBytes(12);
    const writer = fill(new MessageWriter(method, CLASS.request, transactionId));
    if (this.#key !== undefined) {
      writer
        .text(ATTRIBUTE.username, this.#credentials.username)
        .bytes(ATTRIBUTE.realm, this.#realm)
        .bytes(ATTRIBUTE.nonce, this.#nonce);
    }
    return { id: transactionId.toString('hex'), bytes: writer.finish(this.#key, true) };
  }

  #hear(bytes: Buffer): void {
    const message = decodeMessage(bytes);
    if (message === undefined) return;
    if (message.method === METHOD.data && message.class === CLASS.indication) {
      const data = attributeOf(message, ATTRIBUTE.data);
      if (data !== undefined) this.#heard(data);
      return;
    }
    const id = message.transactionId.toString('hex');
    this.#answers.get(id)?.(message);
    this.#answers.delete(id);
  }

  /** Runs it now, and again with growing pauses until it is stopped or the signal aborts. */
  #repeat(run: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const next = (pause: number): void => {
      if (this.#signal.aborted) return;
      run();
      timer = setTimeout(() => next(pause * 2), pause);
    };
    next(RETRANSMIT_MS);
    return () => clearTimeout(timer);
  }
}
