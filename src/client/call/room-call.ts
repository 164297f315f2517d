import type { OwnKnock } from '../../protocol/knock-events.ts';
import type { Room } from '../../protocol/room-fields.ts';
import type { ParleyClientError } from '../errors.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { Call, CallEvents, EndReason, JoinOptions, RemotePeer, Rights } from '../types.ts';
import { CallMedia } from './call-media.ts';
import { type CallSession, createCallSession } from './call-session.ts';
import { asClientError, END_REASONS, endReasonOf } from './end-reasons.ts';
import { Entry } from './entry.ts';
import { createHosts } from './hosts.ts';
import type { Whose } from './ice-recovery.ts';
import type { CallDeps } from './link.ts';
import { MediaCall } from './media-call.ts';
import { Membership } from './membership.ts';
import { createModeration } from './moderation.ts';
import { obey } from './obey.ts';
import type { Inside } from './part.ts';
import { Parts } from './parts.ts';
import { Remote } from './remote.ts';
import { Roster } from './roster.ts';
import { routeMessage } from './route-message.ts';
import { sendData } from './send-data.ts';
import { createWaiting } from './waiting.ts';

/** A call: one room. It joins the room again after its session is lost. */
export class RoomCall extends MediaCall implements Call {
  readonly #deps: CallDeps;
  readonly #options: JoinOptions;
  readonly #emitter = new Emitter<CallEvents>();
  readonly #media: CallMedia;
  readonly #roster: Roster;
  readonly #entry: Entry;
  readonly #parts: Parts;
  readonly #session: CallSession;
  readonly #membership = new Membership();
  #off: readonly (() => void)[] = [];
  #speaking = false;
  #ended = false;

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;
  readonly moderation: Call['moderation'];
  readonly hosts: Call['hosts'];
  readonly send: Call['send'] = (...message) =>
    sendData({ peers: this.#roster.peers, isOver: () => this.#ended }, ...message);
  readonly raiseHand: Call['raiseHand'] = (...raised) => this.#parts.hands.raise(...raised);
  readonly lowerHand: Call['lowerHand'] = (...peer) => this.#parts.hands.lower(...peer);
  readonly react: Call['react'] = (...emoji) => this.#parts.hands.react(...emoji);
  readonly update: Call['update'] = (...profile) => this.#entry.update(...profile);
  readonly setUserInfo: Call['setUserInfo'] = (userInfo, how) => this.#entry.update({ userInfo }, how);

  constructor(deps: CallDeps, roomId: string, options: JoinOptions) {
    super();
    const { clock } = deps;
    const session = createCallSession(deps.session, () => this.#ended);
    this.#deps = deps;
    this.#options = options;
    this.#session = session;
    const onError = (error: unknown, remote?: RemotePeer) => this.#report(asClientError(error), remote);
    this.#media = new CallMedia({
      ...deps,
      remotes: () => [...this.#roster.peers.values()],
      options,
      onMedia: (media) => {
        this.#entry.tellMedia(media);
        this.#emitter.emit('media', media);
      },
      onData: (message) => this.#emitter.emit('data', message),
      emit: {
        uplink: (uplink) => this.#emitter.emit('uplink', uplink),
        line: (line) => this.#emitter.emit('line', line),
      },
      onError,
    });
    this.#roster = new Roster({
      clock,
      create: (peer, offers) => new Remote(this.#media.remoteDeps, peer, offers),
      onJoined: (remote) => this.#emitter.emit('peer', remote),
      onLeft: (remote, reason) => this.#emitter.emit('peerleft', remote, reason),
    });
    this.#entry = new Entry({
      session,
      clock,
      roomId,
      options,
      takeMedia: () => this.#media.own.takeMedia(),
      onWaiting: (knock) => this.#reportWaiting(knock),
      onRefused: (error) => this.#end(endReasonOf(error), error),
    });
    this.#parts = new Parts({
      ...deps,
      session,
      roomId,
      emitter: this.#emitter,
      room: () => this.room,
      peers: () => this.peers,
      ownId: () => this.#membership.inside?.peerId,
      levels: () => this.#roster.peers,
      permit: (send) => this.#media.own.permit(send),
      onError,
    });
    this.moderation = createModeration(session, () => this.#end('room_closed', undefined));
    this.hosts = createHosts({ session });
  }

  get room(): Room {
    return this.#membership.room;
  }
  get peerId(): string {
    return this.#membership.peerId;
  }
  get you(): Rights {
    return this.#parts.rights.rights;
  }
  get hand(): string | null {
    return this.#parts.hands.own;
  }
  get knocks(): Call['knocks'] {
    return this.#parts.knocks;
  }
  get chat(): Call['chat'] {
    return this.#parts.chat;
  }
  get data(): Call['data'] {
    return this.#parts.data;
  }
  get peers(): ReadonlyMap<string, RemotePeer> {
    return this.#roster.peers;
  }
  get activeSpeaker(): RemotePeer | undefined {
    return this.peers.get(this.#parts.activeSpeaker.current ?? '');
  }
  protected get callMedia(): CallMedia {
    return this.#media;
  }

  /** As `Entry.leaving`. */
  get leaving(): Promise<void> | undefined {
    return this.#entry.leaving;
  }

  /** Resolves when this side is in the room. If it rejects with the server's refusal, the call is over. */
  enter(): Promise<void> {
    const { session } = this.#deps;
    this.#off = [
      session.on('message', (message) => this.#handle(message)),
      session.on('renewed', () => this.#enterAgain()),
      session.on('state', (state) => state === 'live' && this.#handleReconnect()),
      session.on('closed', (error) => this.#end(endReasonOf(error), error)),
    ];
    return this.#entry.enter();
  }

  setSpeaking(speaking: boolean): void {
    if (this.#ended || this.#speaking === speaking) return;
    this.#speaking = speaking;
    this.#session.tell('speaking', { speaking });
  }

  setTyping(typing: boolean): void {
    this.chat.setTyping(typing);
  }

  async leave(): Promise<void> {
    if (this.#ended) return;
    const left = this.#entry.leave();
    this.#end('left', undefined);
    await left;
  }

  /** Lets connections without a path try again: a network may have changed, or signaling is back. */
  retryConnections(whose: Whose): void {
    if (whose === 'own') this.#deps.connections.refresh();
    for (const remote of this.#roster.peers.values()) remote.retry(whose);
  }

  #enterAgain(): void {
    this.#roster.orphanAll();
    this.#parts.chat.hold();
    this.#entry.request();
  }

  #handle(message: ServerMessage): void {
    const own = this.#membership.inside?.peerId;
    const wasWaiting = this.#entry.state === 'waiting';
    this.#entry.handle(message);
    if (message.event === 'room:joined') this.#enterRoom(message.payload, wasWaiting);
    else if (message.event === 'room:updated') this.#setRoom(message.payload.room);
    else if (message.event === 'peer:media' && message.payload.peerId === own)
      obey(message.payload, { own: this.#media.own, entry: this.#entry, emitter: this.#emitter });
    else if (message.event === 'ice:servers') this.#media.paths.setServers(message.payload.iceServers);
    else if (message.event === 'room:left') this.#end('left', undefined);
    else if (message.event === 'peer:left' && message.payload.peerId === own) {
      this.#end(END_REASONS[message.payload.reason], undefined);
    } else {
      routeMessage(message, this.#roster);
      this.#parts.handle(message);
    }
  }

  #enterRoom(inside: Inside, wasWaiting: boolean): void {
    const { returning, changed } = this.#membership.enter(inside);
    this.#media.paths.enter(inside.iceServers, inside.room.relayOnly);
    const { hidesAddress, refusal } = this.#media.paths;
    if (hidesAddress && refusal !== undefined && !returning) {
      void this.#entry.leave();
      this.#end('left', refusal);
      return;
    }
    // First of all: what this side may not send must not be on any connection.
    this.#media.own.permit(inside.you.send);
    this.#roster.enter(inside.peers, returning);
    this.#parts.enter(inside, returning);
    this.#entry.tellMedia(this.#media.own.takeMedia());
    this.#entry.settle();
    if (returning && wasWaiting) this.#emitter.emit('waiting', undefined);
    // A return is not a second entry: a room that has changed meanwhile is reported like any change.
    if (changed) this.#emitter.emit('room', inside.room);
  }

  #reportWaiting(knock: OwnKnock): void {
    const waiting = createWaiting(knock, this);
    if (this.#membership.inside !== undefined) this.#emitter.emit('waiting', waiting);
    else this.#options.onWaiting?.(waiting);
  }

  #setRoom(room: Room): void {
    if (!this.#membership.setRoom(room)) return;
    this.#media.paths.setRelayOnly(room.relayOnly);
    this.#emitter.emit('room', room);
  }

  #handleReconnect(): void {
    if (this.#speaking) this.#session.tell('speaking', { speaking: true });
    this.retryConnections('own');
  }

  /** Reports in a later task, because the application can't listen before `join` resolves. */
  #report(error: ParleyClientError, remote: RemotePeer | undefined): void {
    this.#deps.clock.after(0, () => this.#emitter.emit('error', error, remote));
  }

  #end(reason: EndReason, error: ParleyClientError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#entry.close(error);
    for (const off of this.#off) off();
    this.#roster.close();
    this.#deps.connections.close();
    this.#media.end();
    this.#parts.close();
    this.#emitter.emit('ended', reason, reason === 'left' ? undefined : error);
  }
}
