import type { MediaState, Peer } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';
import type { ConnectionState, PeerStats, RemotePeer, Rights, TrackKind } from '../types.ts';
import type { Side } from './connection-deps.ts';
import { DataOutbox } from './data-outbox.ts';
import type { Whose } from './ice-recovery.ts';
import type { Link, RemoteDeps } from './link.ts';
import { attachTracks } from './player.ts';
import type { TrackTarget } from './publishing.ts';
import { isSame } from './remote-facts.ts';
import { RemoteMedia } from './remote-media.ts';
import { shownTracks } from './rights.ts';
import type { Description } from './signals.ts';

/** Somebody else in the call: stays the same object when the person returns in a new session. */
export class Remote extends RemoteMedia implements RemotePeer {
  readonly #deps: RemoteDeps;
  #connection: Link | undefined;
  #connectionState: ConnectionState = 'connecting';
  #tracks: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  /** Whether the peer can be signaled to; false while its session, or this side's, is gone. */
  #bound = true;
  /** Whether the browser refused to create the last connection. */
  #refused = false;
  readonly #messages: DataOutbox;

  constructor(deps: RemoteDeps, peer: Peer, offers: boolean) {
    super(peer, deps.clock);
    this.#deps = deps;
    this.#messages = new DataOutbox({ clock: deps.clock, channel: () => this.#connection?.channel });
    this.#connect({ polite: peer.polite, offers });
  }

  get connectionState(): ConnectionState {
    return this.#connectionState;
  }
  get microphone(): MediaStreamTrack | null {
    return this.#shown.get('microphone') ?? null;
  }
  get camera(): MediaStreamTrack | null {
    return this.#shown.get('camera') ?? null;
  }
  get screen(): MediaStreamTrack | null {
    return this.#shown.get('screen') ?? null;
  }
  get screenAudio(): MediaStreamTrack | null {
    return this.#shown.get('screenAudio') ?? null;
  }

  stats(): Promise<PeerStats> {
    return this.#deps.statsOf(this);
  }

  /** How loud it is just now, from 0 to 1; 0 while it is muted, or may not be heard. */
  get level(): number {
    if (!this.media.audio || this.microphone === null) return 0;
    return this.#connection?.level() ?? 0;
  }

  attach(element: HTMLElement): () => void {
    return this.untilGone(attachTracks(this, element));
  }

  /** As `DataOutbox.send`. */
  sendData(frame: string, signal?: AbortSignal): Promise<void> {
    return this.#messages.send(frame, signal);
  }

  protected get control(): Link['control'] | undefined {
    return this.#connection?.control;
  }

  protected get keys(): RemoteDeps['keys'] {
    return this.#deps.keys;
  }

  protected noteAsked(): void {
    this.#deps.onAsked();
  }

  get connection(): Link | undefined {
    return this.#connection;
  }

  /** Where to send tracks; undefined while there is no connection. */
  get target(): TrackTarget | undefined {
    const connection = this.#connection;
    if (connection === undefined) return undefined;
    return {
      setTrack: (kind, track) => connection.setTrack(kind, track),
      report: (error) => this.#deps.onError(error, this),
    };
  }

  /** Tries again if there is no path. If this side's network changed, a path that looks good may be dead. */
  retry(whose: Whose): void {
    if (this.#connection !== undefined) this.#connection.retry(whose);
    else if (this.#refused) this.#startOver({ polite: this.facts.polite, offers: true });
  }

  /**
   * Which paths are allowed has changed. Browsers keep a path that works through every restart of ICE, so that one that must not
   * be used any more ends with its connection.
   * @param alone whether it has changed for this side only; else one of two sides with this SDK does it for both
   */
  renewPath({ alone, hidden }: { readonly alone: boolean; readonly hidden: boolean }): void {
    if (!alone && this.facts.polite && this.#connection?.remoteId !== undefined) return;
    if (!hidden || !this.#replace()) this.#connection?.renewPath();
  }

  setMedia({ audio, video, screen }: MediaState): void {
    this.#update(this.#tracks, { media: { audio, video, screen } });
    this.emitter.emit('media', this.media);
  }

  /** What isn't named stays as it is. */
  setRights(rights: Partial<Rights>): void {
    const { host, send, media } = this;
    this.#update(this.#tracks, rights);
    if (this.host === host && isSame(this.send, send)) return;
    this.emitter.emit('rights', { host: this.host, send: this.send });
    if (!isSame(this.media, media)) this.emitter.emit('media', this.media);
  }

  /** Its session, or this side's, is gone: media may go on, but nothing can be sent to it by signaling. */
  orphan(): void {
    this.#bound = false;
    this.setState('suspended');
  }

  /** Continues with the same person under a new peer id, on the same connection if the peer still has it. */
  rebind(peer: Peer, offers: boolean): void {
    const { state, media, host, send, hand, displayName, userInfo } = this.facts;
    this.facts = { ...peer, state, media, host, send, hand, displayName, userInfo };
    this.#bound = true;
    this.#update(this.#tracks, { media: peer.media });
    const side = { polite: peer.polite, offers };
    if (this.#connection?.remoteId === undefined) this.#startOver(side);
    else this.#connection.rebind(side);
    this.setState(peer.state);
    this.setRights(peer);
    this.setHand(peer.hand);
    this.setProfile(peer);
    this.emitter.emit('media', this.media);
  }

  receiveOffer(description: Description): void {
    const { polite } = this.facts;
    const { from, to } = description.connection ?? {};
    const connection = this.#connection;
    if (connection !== undefined && to !== undefined && to !== connection.id) {
      // It belongs to a connection that this side doesn't have, perhaps because the page was reloaded: start over.
      this.#startOver({ polite, offers: true });
      return;
    }
    const isOther = connection?.remoteId !== undefined && from !== undefined && from !== connection.remoteId;
    if (connection === undefined || isOther) this.#startOver({ polite, offers: false });
    this.#connection?.receiveOffer(description);
  }

  /** Closes the connection. The peer stays in the room and may call again. */
  hangUp(): void {
    this.#connection?.close();
    this.#setTracks(new Map());
    this.#connection = undefined;
    this.forgetControl();
    this.forgetKeys();
    this.#refused = false;
    this.#setConnectionState('disconnected');
  }

  close(): void {
    this.hangUp();
    this.#bound = false;
    this.endMedia();
    this.#messages.close(new ParleyClientError('peer_gone', 'It has left the call.'));
  }

  /** Makes a new connection if the peer can tell it from the one before: those without this SDK can't. */
  #replace(): boolean {
    if (this.#connection?.remoteId === undefined) return false;
    this.#startOver({ polite: this.facts.polite, offers: true });
    return true;
  }

  #startOver(side: Side): void {
    this.#connection?.close();
    this.#setTracks(new Map());
    // Whoever is at the other end of the next one has proved nothing yet.
    this.forgetKeys();
    // A connection that failed stays `failed` until a path is found.
    if (!this.#refused) this.#setConnectionState('connecting');
    this.#connect(side);
  }

  /** Creates a connection. If the browser refuses, the call continues without it, and the next `retry` tries again. */
  #connect(side: Side): void {
    this.#connection = undefined;
    this.forgetControl();
    try {
      this.#connection = this.#deps.connect(
        {
          send: (signal, payload) => {
            if (this.#bound) this.#deps.sendTo(this.peerId)(signal, payload);
          },
          onSenders: () => this.#deps.onAsked(),
          onTracks: (tracks) => this.#setTracks(tracks),
          onData: (frame) => this.#deps.onData({ ...frame, data: frame.data, from: this }),
          onChannel: () => this.#messages.flush(),
          onControlOpen: () => this.tellAll(),
          onControl: (message) => this.readControl(message),
          onState: (state) => this.#noteState(stateOf(state)),
          onError: (error) => this.#deps.onError(error, this),
          isReachable: () => this.#bound && this.state === 'live',
          sendsMedia: () => Object.values(this.media).includes(true),
          replace: () => this.#replace(),
          reportsPath: () => this.#bound && this.#deps.reportsPath(),
          tellPath: (path) => this.#deps.tellPath(this.peerId, path),
        },
        side,
      );
      this.#refused = false;
    } catch (error) {
      this.#refused = true;
      this.#setConnectionState('failed');
      this.#deps.onError(error, this);
    }
  }

  #setTracks(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void {
    this.#update(tracks, {});
  }

  /** Sets tracks and facts, and emits `track` for each track that the application sees come or go by that. */
  #update(
    tracks: ReadonlyMap<TrackKind, MediaStreamTrack>,
    {
      media = this.facts.media,
      host = this.facts.host,
      send = this.facts.send,
    }: Partial<Rights & Pick<Peer, 'media'>>,
  ): void {
    const before = this.#shown;
    this.#tracks = tracks;
    this.facts = { ...this.facts, media, host, send: [...send] };
    const after = this.#shown;
    for (const kind of new Set([...before.keys(), ...after.keys()])) {
      const track = after.get(kind) ?? null;
      if (track !== (before.get(kind) ?? null)) this.emitter.emit('track', kind, track);
    }
  }

  get #shown(): ReadonlyMap<TrackKind, MediaStreamTrack> {
    return shownTracks(this.#tracks, this.facts, this.#connection?.remoteId !== undefined);
  }

  /** Ignores the tries after a failure until one succeeds. */
  #noteState(state: ConnectionState): void {
    if (state === 'connected' && this.#connection !== undefined) void this.readKeys(this.#connection);
    if (this.#connectionState !== 'failed' || state === 'connected') this.#setConnectionState(state);
  }

  #setConnectionState(state: ConnectionState): void {
    if (this.#connectionState === state) return;
    this.#connectionState = state;
    this.emitter.emit('connection', state);
    this.#deps.onConnection();
  }
}

function stateOf(state: RTCPeerConnectionState): ConnectionState {
  if (state === 'new') return 'connecting';
  return state === 'closed' ? 'disconnected' : state;
}
