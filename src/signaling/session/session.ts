import type { Identity, Profile } from '../../domain/identity.ts';
import type { PeerId, UserId } from '../../domain/ids.ts';
import type { Client } from '../../lib/addresses.ts';
import type { Borrowed } from '../../lib/borrowed.ts';
import type { Requester } from '../../lib/continuation.ts';
import type { ServerEvent, ServerPayload, Welcome } from '../../protocol/events.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Calls } from '../calls/call-end.ts';
import type { Participant, Recipient } from '../live-rooms/participant.ts';
import type { ChunkPool } from '../wire/chunk-pool.ts';
import type { Outgoing, Relayed } from '../wire/frame-writer.ts';
import { payloadText } from '../wire/payload-text.ts';
import { Outbox } from './outbox.ts';
import type { PeerSocket } from './peer-socket.ts';

/** How long before an access token expires the session is warned, in milliseconds [SE6]. */
export const EXPIRY_WARNING_MS = 60_000;

/** A session has a connection, waits for one, or is over for good. */
export type Life =
  | { readonly state: 'live'; readonly socket: PeerSocket }
  /** `until`: when the resume window ends, in the clock's monotonic milliseconds. */
  | { readonly state: 'suspended'; readonly until: number }
  | { readonly state: 'ended' };

/** What all sessions of a hub share. */
export interface SessionContext {
  readonly limits: Limits;
  /** Memory for kept messages. */
  readonly chunks: ChunkPool;
  /** Called when more than `backpressureBytes` wait in the session's connection. */
  readonly tooSlow: (session: Session) => void;
  /** Called when another message is kept for a suspended session. */
  readonly kept: (session: Session) => void;
  /** Processes a message of the session's client. */
  readonly receive: (session: Session, bytes: Borrowed) => void;
  /** Processes `room:join` for the room that the client's URL names. */
  readonly receiveJoin: (session: Session, roomId: string) => void;
  /** Frames that were handed to connections since the start. */
  sent: number;
}

const NOWHERE: Client = Object.freeze({ address: '' });
const ENDED: Life = Object.freeze({ state: 'ended' });

/**
 * One user's session: its peerId, its connection, and the messages that its client may still lack. A server has many of
 * them, so what only some need (calls, kept messages) is created when it is needed, and nothing here is a closure or a
 * timer.
 */
export class Session implements Requester, Recipient {
  readonly peerId: PeerId;
  identity: Identity;
  /** How others see its user; replaced when the user changes. */
  profile: Profile;
  participant: Participant | undefined;
  calls: Calls | undefined;
  /** The beginning of the payloads that it sends others [CA2]; created with the first. */
  stamp: Uint8Array | undefined;
  /** When it began, in milliseconds since 1970, with a fraction that no other session has. The registry says it. */
  beganAt = 0;
  /** SHA-256 of the resume token that the newest welcome brought. */
  resumeKey = '';
  /** SHA-256 of the resume token before, until the client's first frame [SE5]. */
  previousResumeKey: string | undefined;
  /** The bucket of its messages (see throttle.ts). */
  fullAt = 0;
  /** Since when it is over its rate, in the clock's monotonic milliseconds. */
  overRateSince: number | undefined;
  /** Units of the rate refused since then. */
  overRateCount = 0;
  /** When the latest bad messages came on this connection [WS6], in the clock's monotonic milliseconds; made with the first. */
  badMessages: number[] | undefined;
  /** Whether `session:expiring` was sent for its access token [SE6]. */
  expiryWarned = false;
  #lastId: number;
  /** Undefined unless the session is live. */
  #socket: PeerSocket | undefined;
  /** When a suspended session's resume window ends. If this and `#socket` are undefined, the session has ended. */
  #until: number | undefined;
  readonly #outbox: Outbox;
  readonly #context: SessionContext;

  constructor(
    peerId: PeerId,
    identity: Identity,
    profile: Profile,
    life: Life,
    context: SessionContext,
    outbox = new Outbox(),
    lastId = 0,
  ) {
    this.peerId = peerId;
    this.identity = identity;
    this.profile = profile;
    this.#socket = life.state === 'live' ? life.socket : undefined;
    this.#until = life.state === 'suspended' ? life.until : undefined;
    this.#context = context;
    this.#outbox = outbox;
    this.#lastId = lastId;
  }

  get userId(): UserId {
    return this.identity.userId;
  }

  get life(): Life {
    if (this.#socket !== undefined) return { state: 'live', socket: this.#socket };
    return this.#until === undefined ? ENDED : { state: 'suspended', until: this.#until };
  }

  /** Whether `life.state` is `live`, without allocating a `Life`. */
  get isLive(): boolean {
    return this.#socket !== undefined;
  }

  /** Whether it has ended for good. */
  get isOver(): boolean {
    return this.#socket === undefined && this.#until === undefined;
  }

  /** The connection of a live session. */
  get socket(): PeerSocket | undefined {
    return this.#socket;
  }

  /** Where its client is, for limits by network. The address of a session that isn't live is ''. */
  get client(): Client {
    return this.#socket ?? NOWHERE;
  }

  /** The highest message id that was processed [WS4]. */
  get lastId(): number {
    return this.#lastId;
  }

  /** [WS4] Whether the message of this id was processed before; a message without an id never was. */
  hasProcessed(id: number | undefined): boolean {
    return id !== undefined && id <= this.#lastId;
  }

  /** [WS4] Uses up a message's id. Only the inbox calls it. */
  markProcessed(id: number | undefined): void {
    if (id !== undefined) this.#lastId = id;
  }

  /** Processes a message that came on the session's connection. Its client has the newest resume token [SE5]. */
  receive(bytes: Borrowed): void {
    this.previousResumeKey = undefined;
    this.#context.receive(this, bytes);
  }

  /** [WS1] Joins the room that the client's URL names, as if its first message asked for it. */
  receiveJoin(roomId: string): void {
    this.#context.receiveJoin(this, roomId);
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  /** Whether this is the session's connection, and not an older one. */
  isOn(socket: PeerSocket): boolean {
    return this.#socket === socket;
  }

  send<Event extends ServerEvent>(event: Event, payload: ServerPayload<Event>, re?: number): void {
    this.sendText(event, payloadText(event, payload), re);
  }

  /** Sends a message whose payload is JSON text already. */
  sendText(event: ServerEvent, body: string | undefined, re?: number): void {
    this.#send({ event, re, body });
  }

  /** Sends a payload that another session wrote. */
  sendRelayed(event: ServerEvent, relayed: Relayed): void {
    this.#send({ event, relayed });
  }

  /** Answers a message that needs no other answer [WS4]. */
  acknowledge(id: number | undefined): void {
    if (id !== undefined) this.#send({ event: 'ack', re: id });
  }

  /** Sends the first message of a new session [SE1]. */
  sendFirst(welcome: Welcome): void {
    this.#write(this.#outbox.addFirst('welcome', payloadText('welcome', welcome)));
  }

  /** Sends frames that are numbered already, or carry no number. */
  replay(frames: readonly (string | Borrowed)[]): void {
    for (const frame of frames) this.#write(frame);
  }

  goLive(socket: PeerSocket): void {
    this.badMessages = undefined;
    this.#socket = socket;
    this.#until = undefined;
    this.#outbox.resume(this.#context.chunks);
  }

  suspend(until: number): void {
    this.#socket = undefined;
    this.#until = until;
    this.#outbox.suspend();
  }

  end(): void {
    this.#socket = undefined;
    this.#until = undefined;
    this.#outbox.giveUpAll();
  }

  #send(message: Outgoing): void {
    if (this.#socket !== undefined) this.#write(this.#outbox.add(message, this.#context));
    else if (this.#until !== undefined) {
      this.#outbox.keep(message, this.#context);
      this.#context.kept(this);
    }
  }

  #write(frame: string | Borrowed): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#context.sent += 1;
    const outcome = socket.send(frame);
    if (outcome === 'sent') return;
    if (outcome === 'dropped' || socket.buffered() > this.#context.limits.backpressureBytes) {
      this.#context.tooSlow(this);
    }
  }
}
