import type { MediaState, Peer } from '../../protocol/fields.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ConnectionState, PeerEvents, PeerStats, RemotePeer, TrackKind } from '../types.ts';
import type { Side } from './connection-deps.ts';
import type { Link, RemoteDeps } from './link.ts';
import type { TrackTarget } from './publishing.ts';
import type { Description } from './signals.ts';
import { NO_STATS } from './stats.ts';

/** Somebody else in the call: stays the same object when the person returns in a new session. */
export class Remote implements RemotePeer {
  readonly key: string;
  readonly #deps: RemoteDeps;
  readonly #emitter = new Emitter<PeerEvents>();
  #peer: Peer;
  #speaking = false;
  #typing = false;
  #connection: Link | undefined;
  #connectionState: ConnectionState = 'connecting';
  #tracks: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map();
  /** Whether the peer can be signaled to; false while its session, or this side's, is gone. */
  #bound = true;
  /** Whether the browser refused to create the last connection. */
  #refused = false;

  readonly on = this.#emitter.on;

  constructor(deps: RemoteDeps, peer: Peer, offers: boolean) {
    this.key = peer.peerId;
    this.#deps = deps;
    this.#peer = peer;
    this.#connect({ polite: peer.polite, offers });
  }

  get peer(): Peer {
    return this.#peer;
  }
  get peerId(): string {
    return this.#peer.peerId;
  }
  get userId(): string {
    return this.#peer.userId;
  }
  get username(): string | null {
    return this.#peer.username;
  }
  get displayName(): string | null {
    return this.#peer.displayName;
  }
  get userInfo(): unknown {
    return this.#peer.userInfo;
  }
  get media(): MediaState {
    return this.#peer.media;
  }
  get state(): Peer['state'] {
    return this.#peer.state;
  }
  get speaking(): boolean {
    return this.#speaking;
  }
  get typing(): boolean {
    return this.#typing;
  }
  get connectionState(): ConnectionState {
    return this.#connectionState;
  }
  get microphone(): MediaStreamTrack | null {
    return this.#tracks.get('microphone') ?? null;
  }
  get camera(): MediaStreamTrack | null {
    return this.#shown(this.#tracks, this.media).get('camera') ?? null;
  }
  get screen(): MediaStreamTrack | null {
    return this.#tracks.get('screen') ?? null;
  }
  get screenAudio(): MediaStreamTrack | null {
    return this.#tracks.get('screenAudio') ?? null;
  }

  async stats(): Promise<PeerStats> {
    return this.#connection?.stats() ?? NO_STATS;
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

  /** Tries again if there is no path. `moved`: the network changed, and a path that looks good may be dead. */
  retry(moved: boolean): void {
    if (this.#connection !== undefined) this.#connection.retry(moved);
    else if (this.#refused) this.#startOver({ polite: this.#peer.polite, offers: true });
  }

  setMedia({ audio, video, screen }: MediaState): void {
    this.#update(this.#tracks, { audio, video, screen });
    this.#emitter.emit('media', this.#peer.media);
  }

  setSpeaking(speaking: boolean): void {
    if (this.#speaking === speaking) return;
    this.#speaking = speaking;
    this.#emitter.emit('speaking', speaking);
  }

  setTyping(typing: boolean): void {
    if (this.#typing === typing) return;
    this.#typing = typing;
    this.#emitter.emit('typing', typing);
  }

  setState(state: Peer['state']): void {
    if (this.#peer.state === state) return;
    this.#peer = { ...this.#peer, state };
    if (state === 'suspended') {
      this.setSpeaking(false);
      this.setTyping(false);
    }
    this.#emitter.emit('state', state);
  }

  /** Its session, or this side's, is gone: media may go on, but nothing can be sent to it by signaling. */
  orphan(): void {
    this.#bound = false;
    this.setState('suspended');
  }

  /** Continues with the same person under a new peer id, on the same connection if the peer still has it. */
  rebind(peer: Peer, offers: boolean): void {
    const { state, media } = this.#peer;
    this.#peer = { ...peer, state, media };
    this.#bound = true;
    this.#update(this.#tracks, peer.media);
    const side = { polite: peer.polite, offers };
    if (this.#connection?.remoteId === undefined) this.#startOver(side);
    else this.#connection.rebind(side);
    this.setState(peer.state);
    this.#emitter.emit('media', peer.media);
  }

  receiveOffer(description: Description): void {
    const { polite } = this.#peer;
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
    this.#refused = false;
    this.#setConnectionState('disconnected');
  }

  close(): void {
    this.hangUp();
    this.#bound = false;
  }

  #startOver(side: Side): void {
    this.#connection?.close();
    this.#setTracks(new Map());
    // A connection that failed stays `failed` until a path is found.
    if (!this.#refused) this.#setConnectionState('connecting');
    this.#connect(side);
  }

  /** Creates a connection. If the browser refuses, the call continues without it, and the next `retry` tries again. */
  #connect(side: Side): void {
    this.#connection = undefined;
    try {
      this.#connection = this.#deps.connect(
        {
          send: (signal, payload) => {
            if (this.#bound) this.#deps.sendTo(this.peerId)(signal, payload);
          },
          onTracks: (tracks) => this.#setTracks(tracks),
          onState: (state) => this.#noteState(stateOf(state)),
          onError: (error) => this.#deps.onError(error, this),
          isReachable: () => this.#bound && this.state === 'live',
          sendsMedia: () => Object.values(this.media).includes(true),
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
    this.#update(tracks, this.media);
  }

  /** Sets tracks and media state, and emits `track` for each track that the application sees come or go by that. */
  #update(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, media: MediaState): void {
    const before = this.#shown(this.#tracks, this.media);
    this.#tracks = tracks;
    this.#peer = { ...this.#peer, media };
    const after = this.#shown(tracks, media);
    for (const kind of new Set([...before.keys(), ...after.keys()])) {
      const track = after.get(kind) ?? null;
      if (track !== (before.get(kind) ?? null)) this.#emitter.emit('track', kind, track);
    }
  }

  /**
   * Leaves out the camera of a peer that sends no picture: its m-line is always open, and would show black. Peers without
   * this SDK need not say what they send: if they say nothing, everything is shown.
   */
  #shown(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, media: MediaState): typeof tracks {
    const saysNothing = this.#connection?.remoteId === undefined && !Object.values(media).includes(true);
    return media.video || saysNothing ? tracks : new Map([...tracks].filter(([kind]) => kind !== 'camera'));
  }

  /** Ignores the tries after a failure until one succeeds. */
  #noteState(state: ConnectionState): void {
    if (this.#connectionState !== 'failed' || state === 'connected') this.#setConnectionState(state);
  }

  #setConnectionState(state: ConnectionState): void {
    if (this.#connectionState === state) return;
    this.#connectionState = state;
    this.#emitter.emit('connection', state);
  }
}

function stateOf(state: RTCPeerConnectionState): ConnectionState {
  if (state === 'new') return 'connecting';
  return state === 'closed' ? 'disconnected' : state;
}
