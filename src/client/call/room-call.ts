import type { ServerPayload } from '../../protocol/events.ts';
import type { MediaState, Room } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { Call, CallEvents, EndReason, JoinOptions, Muted, RemotePeer } from '../types.ts';
import { asClientError, END_REASONS, endReasonOf } from './end-reasons.ts';
import { type CallDeps, linksOf } from './linking.ts';
import { createModeration } from './moderation.ts';
import { Publishing } from './publishing.ts';
import { Remote } from './remote.ts';
import { Roster } from './roster.ts';
import { dispatch } from './route-message.ts';

/** Milliseconds that `leave` waits for the server. */
const LEAVE_MS = 2_000;
/** Milliseconds before the next try to come back into a room, where the server asks for patience and names none. */
const REJOIN_MS = 2_000;

/** What every connection of a call has in common, before the server has named its ICE servers. */
export function baseConfiguration({ rtc }: JoinOptions): RTCConfiguration {
  return { iceTransportPolicy: rtc?.iceTransportPolicy ?? 'all', bundlePolicy: 'max-bundle' };
}

/** A call: one room, entered again by itself where a session was lost. */
export class RoomCall implements Call {
  readonly #deps: CallDeps;
  readonly #roomId: string;
  readonly #options: JoinOptions;
  readonly #emitter = new Emitter<CallEvents>();
  readonly #own: Publishing;
  readonly #roster: Roster;
  readonly #off: readonly (() => void)[];
  #inside: ServerPayload<'room:joined'> | undefined;
  /** Settles the first entry. */
  #entering: { resolve: () => void; reject: (error: ParleyClientError) => void } | undefined;
  #cancelRejoin: (() => void) | undefined;
  #speaking = false;
  #ended = false;

  readonly on = this.#emitter.on;
  readonly moderation: Call['moderation'];

  constructor(deps: CallDeps, roomId: string, options: JoinOptions) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.moderation = createModeration(deps.session, () => this.#end('room_closed', undefined));
    this.#options = options;
    const failed = (error: unknown, remote?: RemotePeer) => this.#report(asClientError(error), remote);
    this.#own = new Publishing(
      {
        targets: () => [...this.#roster.peers.values()].flatMap((remote) => remote.target ?? []),
        changed: (media) => this.#tellMedia(media),
        failed,
      },
      options,
    );
    const links = linksOf({
      ...deps,
      tracks: this.#own.tracks,
      failed,
    });
    this.#roster = new Roster({
      clock: deps.clock,
      create: (peer, offers) => new Remote(links, peer, offers),
      came: (remote) => this.#emitter.emit('peer', remote),
      left: (remote, reason) => this.#emitter.emit('peerleft', remote, reason),
    });
    this.#off = [
      deps.session.on('message', (message) => this.#heed(message)),
      deps.session.on('renewed', () => this.#returning()),
      deps.session.on('state', (state) => state === 'live' && this.#lineIsBack()),
      deps.session.on('closed', (error) => this.#end(endReasonOf(error), error)),
    ];
  }

  get room(): Room {
    return this.#joined().room;
  }

  get peerId(): string {
    return this.#joined().peerId;
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

  /** Resolves inside the room. Rejects with the server's refusal, and then the call is over. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.#askIn();
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

  /** The network changed (`moved`) or signaling is back: connections without media try again. */
  retryConnections(moved: boolean): void {
    for (const remote of this.#roster.peers.values()) remote.retry(moved);
  }

  #joined(): ServerPayload<'room:joined'> {
    if (this.#inside === undefined) throw new ParleyClientError('not_in_room', 'The call has not begun.');
    return this.#inside;
  }

  #askIn(): void {
    const { password, userInfo } = this.#options;
    // What changes from here on is told when we are inside.
    const media = this.#own.takeMedia();
    this.#deps.session
      .request('room:join', {
        roomId: this.#roomId,
        media,
        ...(password === undefined ? {} : { password }),
        ...(userInfo === undefined ? {} : { userInfo }),
      })
      .catch((error: unknown) => this.#refused(asClientError(error)));
  }

  #refused(error: ParleyClientError): void {
    // With a lost session, `renewed` asks again.
    if (this.#ended || error.code === 'session_lost') return;
    if (this.#inside !== undefined && error.code === 'rate_limited') {
      this.#cancelRejoin = this.#deps.clock.after(error.retryAfterMs ?? REJOIN_MS, () => this.#askIn());
    } else this.#end(endReasonOf(error), error);
  }

  #returning(): void {
    this.#cancelRejoin?.();
    this.#roster.orphanAll();
    this.#askIn();
  }

  #heed(message: ServerMessage): void {
    const own = this.#inside?.peerId;
    if (message.event === 'room:joined') this.#enter(message.payload);
    else if (message.event === 'room:updated') this.#roomChanged(message.payload.room);
    else if (message.event === 'room:mute') {
      const { kind, from } = message.payload;
      this.#emitter.emit('muterequest', kind, this.#roster.peers.get(from));
    } else if (message.event === 'ice:servers') this.#configure(message.payload.iceServers);
    else if (message.event === 'peer:left' && message.payload.peerId === own) {
      this.#end(END_REASONS[message.payload.reason], undefined);
    } else dispatch(message, this.#roster);
  }

  #enter(inside: ServerPayload<'room:joined'>): void {
    const before = this.#inside?.room;
    const returning = before !== undefined;
    this.#inside = inside;
    this.#configure(inside.iceServers);
    this.#roster.entered(inside.peers, returning);
    this.#own.publish();
    this.#entering?.resolve();
    this.#entering = undefined;
    // A return is no second entry: what has changed in the room meanwhile is told as any change is.
    if (returning && !isSame(before, inside.room)) this.#emitter.emit('room', inside.room);
  }

  #roomChanged(room: Room): void {
    if (this.#inside === undefined || this.#inside.room.id !== room.id) return;
    this.#inside = { ...this.#inside, room };
    this.#emitter.emit('room', room);
  }

  #configure(iceServers: ServerPayload<'room:joined'>['iceServers']): void {
    const used = [...this.#roster.peers.values()].flatMap(({ connection }) => connection ?? []);
    for (const { url, cause } of this.#deps.supply.configure(iceServers, used)) {
      const text = `This browser refuses the ICE server ${url}; it is left out.`;
      this.#report(new ParleyClientError('unsupported', text, { cause }), undefined);
    }
  }

  #lineIsBack(): void {
    if (this.#speaking) this.#deps.session.tell('speaking', { speaking: true });
    this.retryConnections(false);
  }

  #tellMedia(media: MediaState): void {
    // A lost session tells it with the next entry.
    if (this.#inside !== undefined) this.#deps.session.request('media:state', media).catch(() => {});
    this.#emitter.emit('media', media);
  }

  /** Reported a moment later: while `join` is under way nobody listens yet. */
  #report(error: ParleyClientError, remote: RemotePeer | undefined): void {
    this.#deps.clock.after(0, () => this.#emitter.emit('error', error, remote));
  }

  #end(reason: EndReason, error: ParleyClientError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelRejoin?.();
    for (const off of this.#off) off();
    this.#roster.close();
    this.#deps.supply.close();
    this.#own.end();
    this.#entering?.reject(error ?? new ParleyClientError('closed', 'The call was left before it began.'));
    this.#emitter.emit('ended', reason, reason === 'left' ? undefined : error);
  }
}

/** Who is inside is told by other events. */
function isSame(one: Room, other: Room): boolean {
  return JSON.stringify({ ...one, participants: 0 }) === JSON.stringify({ ...other, participants: 0 });
}
