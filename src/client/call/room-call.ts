import type { ServerPayload } from '../../protocol/events.ts';
import type { MediaState, Room } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { Call, CallEvents, EndReason, JoinOptions, RemotePeer, TrackKind } from '../types.ts';
import { dispatch } from './dispatch.ts';
import { asClientError, END_REASONS, endReasonOf } from './endings.ts';
import { type CallDeps, linksOf } from './linking.ts';
import { LocalMedia } from './local-media.ts';
import { createModeration } from './moderation.ts';
import { Remote } from './remote.ts';
import { Roster } from './roster.ts';
import { iceServersOf } from './rtc.ts';

/** Milliseconds that `leave` waits for the server. */
const LEAVE_MS = 2_000;
/** Milliseconds before the next try to come back into a room, where the server asks for patience and names none. */
const REJOIN_MS = 2_000;

/** A call: one room, entered again by itself where a session was lost. */
export class RoomCall implements Call {
  readonly #deps: CallDeps;
  readonly #roomId: string;
  readonly #options: JoinOptions;
  readonly #emitter = new Emitter<CallEvents>();
  readonly #local = new LocalMedia((kind) => this.#trackEnded(kind));
  readonly #roster: Roster;
  readonly #off: readonly (() => void)[];
  #configuration: RTCConfiguration;
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
    const iceTransportPolicy = options.rtc?.iceTransportPolicy ?? 'all';
    this.#configuration = { iceTransportPolicy, bundlePolicy: 'max-bundle' };
    this.#local.set('microphone', options.microphone ?? null);
    this.#local.set('camera', options.camera ?? null);
    const links = linksOf({
      ...deps,
      configuration: () => this.#configuration,
      tracks: this.#local.tracks,
      failed: (error, remote) => this.#emitter.emit('error', asClientError(error), remote),
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
    return this.#local.state;
  }

  /** Resolves inside the room. Rejects with the server's refusal, and then the call is over. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.#askIn();
    });
  }

  async setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    await this.#setTracks([['microphone', track]]);
  }

  async setCamera(track: MediaStreamTrack | null): Promise<void> {
    await this.#setTracks([['camera', track]]);
  }

  setMuted(muted: { readonly audio?: boolean; readonly video?: boolean }): void {
    this.#local.mute(muted);
    this.#publish();
  }

  async startScreenShare(stream: MediaStream): Promise<void> {
    const [video] = stream.getVideoTracks();
    if (video === undefined) throw new TypeError('A screen share needs a video track.');
    await this.#setTracks([
      ['screen', video],
      ['screenAudio', stream.getAudioTracks()[0] ?? null],
    ]);
  }

  async stopScreenShare(): Promise<void> {
    this.#local.stopScreen();
    await this.#setTracks([
      ['screen', null],
      ['screenAudio', null],
    ]);
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

  /** The network changed or signaling is back: connections without media try again. */
  retryConnections(): void {
    for (const remote of this.#roster.peers.values()) remote.connection?.retry();
  }

  #joined(): ServerPayload<'room:joined'> {
    if (this.#inside === undefined) throw new ParleyClientError('not_in_room', 'The call has not begun.');
    return this.#inside;
  }

  #askIn(): void {
    const { password, userInfo } = this.#options;
    const media = this.#local.state;
    // What changes from here on is told when we are inside.
    this.#local.news();
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
    else if (message.event === 'room:mute') {
      const { kind, from } = message.payload;
      this.#emitter.emit('muterequest', kind, this.#roster.peers.get(from));
    } else if (message.event === 'ice:servers') this.#configure(message.payload.iceServers);
    else if (message.event === 'peer:left' && message.payload.peerId === own) {
      this.#end(END_REASONS[message.payload.reason], undefined);
    } else dispatch(message, this.#roster);
  }

  #enter(inside: ServerPayload<'room:joined'>): void {
    const returning = this.#inside !== undefined;
    this.#inside = inside;
    this.#configure(inside.iceServers);
    this.#roster.entered(inside.peers, returning);
    this.#publish();
    this.#entering?.resolve();
    this.#entering = undefined;
  }

  #configure(iceServers: ServerPayload<'room:joined'>['iceServers']): void {
    this.#configuration = { ...this.#configuration, iceServers: iceServersOf(iceServers) };
    for (const remote of this.#roster.peers.values()) remote.connection?.configure(this.#configuration);
  }

  #lineIsBack(): void {
    if (this.#speaking) this.#deps.session.tell('speaking', { speaking: true });
    this.retryConnections();
  }

  async #setTracks(tracks: readonly (readonly [TrackKind, MediaStreamTrack | null])[]): Promise<void> {
    if (this.#ended) return;
    for (const [kind, track] of tracks) this.#local.set(kind, track);
    this.#publish();
    const remotes = [...this.#roster.peers.values()];
    await Promise.all(
      tracks.flatMap(([kind, track]) => remotes.map((remote) => remote.connection?.setTrack(kind, track))),
    );
  }

  #trackEnded(kind: TrackKind): void {
    if (kind === 'screen') void this.stopScreenShare();
    else this.#publish();
  }

  /** Tells what we send, if it is news. */
  #publish(): void {
    const media = this.#local.news();
    if (media === undefined) return;
    // A lost session tells it with the next entry.
    if (this.#inside !== undefined) this.#deps.session.request('media:state', media).catch(() => {});
    this.#emitter.emit('media', media);
  }

  #end(reason: EndReason, error: ParleyClientError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelRejoin?.();
    for (const off of this.#off) off();
    this.#roster.close();
    this.#local.stopScreen();
    this.#local.release();
    this.#entering?.reject(error ?? new ParleyClientError('closed', 'The call was left before it began.'));
    this.#emitter.emit('ended', reason, reason === 'left' ? undefined : error);
  }
}
