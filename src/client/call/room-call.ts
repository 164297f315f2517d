import type { ServerPayload } from '../../protocol/events.ts';
import type { MediaState } from '../../protocol/fields.ts';
import type { Room } from '../../protocol/room-fields.ts';
import { ParleyClientError } from '../errors.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { Call, CallEvents, EndReason, JoinOptions, Muted, RemotePeer, Rights } from '../types.ts';
import { asClientError, END_REASONS, endReasonOf } from './end-reasons.ts';
import { type CallDeps, createRemoteDeps } from './link.ts';
import { createModeration } from './moderation.ts';
import { NO_CHAT, NO_DATA, NO_HOSTS, NO_KNOCKS, notYet } from './not-yet.ts';
import { Publishing } from './publishing.ts';
import { Remote } from './remote.ts';
import { Roster } from './roster.ts';
import { routeMessage } from './route-message.ts';

/** Max time (ms) that `leave` waits for the server. */
const LEAVE_MS = 2_000;
/** Milliseconds before the next try to enter again, if the server is too busy and names no pause. */
const REJOIN_MS = 2_000;

/** The configuration of every connection, before the server has named its ICE servers. */
export function baseConfiguration({ rtc }: JoinOptions): RTCConfiguration {
  return { iceTransportPolicy: rtc?.iceTransportPolicy ?? 'all', bundlePolicy: 'max-bundle' };
}

/** A call: one room. It joins the room again after its session is lost. */
export class RoomCall implements Call {
  readonly #deps: CallDeps;
  readonly #roomId: string;
  readonly #options: JoinOptions;
  readonly #emitter = new Emitter<CallEvents>();
  readonly #own: Publishing;
  readonly #roster: Roster;
  readonly #off: readonly (() => void)[];
  #inside: ServerPayload<'room:joined'> | undefined;
  /** Settles `enter`. */
  #entering: { resolve: () => void; reject: (error: ParleyClientError) => void } | undefined;
  #cancelRejoin: (() => void) | undefined;
  #speaking = false;
  #ended = false;

  readonly on = this.#emitter.on;
  readonly moderation: Call['moderation'];
  readonly hosts = NO_HOSTS;
  readonly knocks = NO_KNOCKS;
  readonly chat = NO_CHAT;
  readonly data = NO_DATA;
  readonly hand = null;
  readonly raiseHand = notYet;
  readonly lowerHand = notYet;
  readonly react = notYet;
  readonly update = notYet;

  constructor(deps: CallDeps, roomId: string, options: JoinOptions) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.moderation = createModeration(deps.session, () => this.#end('room_closed', undefined));
    this.#options = options;
    const onError = (error: unknown, remote?: RemotePeer) => this.#report(asClientError(error), remote);
    this.#own = new Publishing(
      {
        targets: () => [...this.#roster.peers.values()].flatMap((remote) => remote.target ?? []),
        onChange: (media) => this.#tellMedia(media),
        onError,
      },
      options,
    );
    const remoteDeps = createRemoteDeps({ ...deps, tracks: this.#own.tracks, onError });
    this.#roster = new Roster({
      clock: deps.clock,
      create: (peer, offers) => new Remote(remoteDeps, peer, offers),
      onJoined: (remote) => this.#emitter.emit('peer', remote),
      onLeft: (remote, reason) => this.#emitter.emit('peerleft', remote, reason),
    });
    this.#off = [
      deps.session.on('message', (message) => this.#handle(message)),
      deps.session.on('renewed', () => this.#enterAgain()),
      deps.session.on('state', (state) => state === 'live' && this.#handleReconnect()),
      deps.session.on('closed', (error) => this.#end(endReasonOf(error), error)),
    ];
  }

  get room(): Room {
    return this.#membership().room;
  }

  get peerId(): string {
    return this.#membership().peerId;
  }

  get you(): Rights {
    return this.#membership().you;
  }

  get peers(): ReadonlyMap<string, RemotePeer> {
    return this.#roster.peers;
  }

  get media(): MediaState {
    return this.#own.media;
  }

  get muted(): Call['muted'] {
    return this.#own.muted;
  }

  /** Resolves when this side is in the room. If it rejects with the server's refusal, the call is over. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.#requestEntry();
    });
  }

  setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    return this.#own.setMicrophone(track);
  }

  setCamera(track: MediaStreamTrack | null): Promise<void> {
    return this.#own.setCamera(track);
  }

  setMuted(muted: Muted): void {
    this.#own.setMuted(muted);
  }

  startScreenShare(stream: MediaStream): Promise<void> {
    return this.#own.startScreenShare(stream);
  }

  stopScreenShare(): Promise<void> {
    return this.#own.stopScreenShare();
  }

  setSpeaking(speaking: boolean): void {
    if (this.#ended || this.#speaking === speaking) return;
    this.#speaking = speaking;
    this.#deps.session.tell('speaking', { speaking });
  }

  setTyping(typing: boolean): void {
    if (!this.#ended) this.#deps.session.tell('typing', { typing });
  }

  async leave(): Promise<void> {
    if (this.#ended) return;
    const { session, clock } = this.#deps;
    const told = session.request('room:leave', {}).catch(() => {});
    this.#end('left', undefined);
    await Promise.race([told, new Promise<void>((resolve) => clock.after(LEAVE_MS, resolve))]);
  }

  /** Lets connections without a path try again: the network changed (`moved`), or signaling is back. */
  retryConnections(moved: boolean): void {
    for (const remote of this.#roster.peers.values()) remote.retry(moved);
  }

  #membership(): ServerPayload<'room:joined'> {
    if (this.#inside === undefined)
      throw new ParleyClientError('not_in_room', 'The call has not begun yet; wait for join().');
    return this.#inside;
  }

  #requestEntry(): void {
    const { password, userInfo } = this.#options;
    // The server learns of changes from here on after `room:joined`.
    const media = this.#own.takeMedia();
    this.#deps.session
      .request('room:join', {
        roomId: this.#roomId,
        media,
        ...(password === undefined ? {} : { password }),
        ...(userInfo === undefined ? {} : { userInfo }),
      })
      .catch((error: unknown) => this.#handleRefusal(asClientError(error)));
  }

  #handleRefusal(error: ParleyClientError): void {
    // After a lost session, `renewed` requests entry again.
    if (this.#ended || error.code === 'session_lost') return;
    if (this.#inside !== undefined && error.code === 'rate_limited') {
      this.#cancelRejoin = this.#deps.clock.after(error.retryAfterMs ?? REJOIN_MS, () =>
        this.#requestEntry(),
      );
    } else this.#end(endReasonOf(error), error);
  }

  #enterAgain(): void {
    this.#cancelRejoin?.();
    this.#roster.orphanAll();
    this.#requestEntry();
  }

  #handle(message: ServerMessage): void {
    const own = this.#inside?.peerId;
    if (message.event === 'room:joined') this.#enterRoom(message.payload);
    else if (message.event === 'room:updated') this.#setRoom(message.payload.room);
    else if (message.event === 'room:mute') {
      const { kind, from } = message.payload;
      this.#emitter.emit('muterequest', kind, this.#roster.peers.get(from));
    } else if (message.event === 'ice:servers') this.#configure(message.payload.iceServers);
    else if (message.event === 'peer:left' && message.payload.peerId === own) {
      this.#end(END_REASONS[message.payload.reason], undefined);
    } else routeMessage(message, this.#roster);
  }

  #enterRoom(inside: ServerPayload<'room:joined'>): void {
    const before = this.#inside?.room;
    const returning = before !== undefined;
    this.#inside = inside;
    this.#configure(inside.iceServers);
    this.#own.permit(inside.you.send);
    this.#roster.enter(inside.peers, returning);
    this.#own.publish();
    this.#entering?.resolve();
    this.#entering = undefined;
    // A return is not a second entry: a room that has changed meanwhile is reported like any change.
    if (returning && !isSame(before, inside.room)) this.#emitter.emit('room', inside.room);
  }

  #setRoom(room: Room): void {
    if (this.#inside === undefined || this.#inside.room.id !== room.id) return;
    this.#inside = { ...this.#inside, room };
    this.#emitter.emit('room', room);
  }

  #configure(iceServers: ServerPayload<'room:joined'>['iceServers']): void {
    const used = [...this.#roster.peers.values()].flatMap(({ connection }) => connection ?? []);
    for (const { url, cause } of this.#deps.connections.configure(iceServers, used)) {
      const text = `This browser refuses the ICE server ${url}; it is left out.`;
      this.#report(new ParleyClientError('unsupported', text, { cause }), undefined);
    }
  }

  #handleReconnect(): void {
    if (this.#speaking) this.#deps.session.tell('speaking', { speaking: true });
    this.retryConnections(false);
  }

  #tellMedia(media: MediaState): void {
    // If the session is lost, the next entry tells it.
    if (this.#inside !== undefined) this.#deps.session.request('media:state', media).catch(() => {});
    this.#emitter.emit('media', media);
  }

  /** Reports in a later task, because the application can't listen before `join` resolves. */
  #report(error: ParleyClientError, remote: RemotePeer | undefined): void {
    this.#deps.clock.after(0, () => this.#emitter.emit('error', error, remote));
  }

  #end(reason: EndReason, error: ParleyClientError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelRejoin?.();
    for (const off of this.#off) off();
    this.#roster.close();
    this.#deps.connections.close();
    this.#own.end();
    this.#entering?.reject(error ?? new ParleyClientError('closed', 'The call was left before it began.'));
    this.#emitter.emit('ended', reason, reason === 'left' ? undefined : error);
  }
}

/** Compares all but `participants`: other events report who is inside. */
function isSame(one: Room, other: Room): boolean {
  return JSON.stringify({ ...one, participants: 0 }) === JSON.stringify({ ...other, participants: 0 });
}
