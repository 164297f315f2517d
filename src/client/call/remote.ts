import type { MediaState, Peer } from '../../protocol/fields.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ConnectionState, PeerEvents, PeerStats, RemotePeer, TrackKind } from '../types.ts';
import type { Side } from './connection-deps.ts';
import type { Link, RemoteDeps } from './link.ts';
import type { TrackTarget } from './publishing.ts';
import type { Description } from './signals.ts';
import { NO_STATS } from './stats.ts';

/** Somebody else in the call: a public face that sessions may change behind, and the connection to it. */
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
  /** Whether the peer can be signaled to: not while its session, or ours, is gone. */
  #bound = true;
  /** Whether the browser refused to make the last connection. */
  #unmade = false;

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
      failed: (error) => this.#deps.failed(error, this),
    };
  }

  /** The network changed or signaling is back. `moved`: a path that still counts as good may be dead already. */
  retry(moved: boolean): void {
    if (this.#connection !== undefined) this.#connection.retry(moved);
    else if (this.#unmade) this.#startOver({ polite: this.#peer.polite, offers: true });
  }

  setMedia({ audio, video, screen }: MediaState): void {
    this.#change(this.#tracks, { audio, video, screen });
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

  /** Its session, or ours, is gone: media may go on, but nothing can be said to it. */
  orphan(): void {
    this.#bound = false;
    this.setState('suspended');
  }

  /** The same person is here under a new peer id, with the same connection if it has lasted. */
  rebind(peer: Peer, offers: boolean): void {
    const { state, media } = this.#peer;
    this.#peer = { ...peer, state, media };
    this.#bound = true;
    this.#change(this.#tracks, peer.media);
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
      // It goes on with a connection that we don't have (this page was loaded again, say): begin anew.
      this.#startOver({ polite, offers: true });
      return;
    }
    const another = connection?.remoteId !== undefined && from !== undefined && from !== connection.remoteId;
    if (connection === undefined || another) this.#startOver({ polite, offers: false });
    this.#connection?.receiveOffer(description);
  }

  /** The peer ended its call with us, and stays in the room: it may call again. */
  hangUp(): void {
    this.#connection?.close();
    this.#received(new Map());
    this.#connection = undefined;
    this.#unmade = false;
    this.#setConnectionState('disconnected');
  }

  close(): void {
    this.hangUp();
    this.#bound = false;
  }

  #startOver(side: Side): void {
    this.#connection?.close();
    this.#received(new Map());
    // No news by itself: what failed stays so until a path is found.
    if (!this.#unmade) this.#setConnectionState('connecting');
    this.#connect(side);
  }

  /** One peer without a connection is that peer's trouble: the call goes on, and the next change of network tries again. */
  #connect(side: Side): void {
    this.#connection = undefined;
    try {
      this.#connection = this.#deps.connect(
        {
          send: (signal, payload) => {
            if (this.#bound) this.#deps.send(this.peerId)(signal, payload);
          },
          received: (tracks) => this.#received(tracks),
          stateChanged: (state) => this.#pathChanged(stateOf(state)),
          failed: (error) => this.#deps.failed(error, this),
          reachable: () => this.#bound && this.state === 'live',
          sends: () => Object.values(this.media).includes(true),
        },
        side,
      );
      this.#unmade = false;
    } catch (error) {
      this.#unmade = true;
      this.#setConnectionState('failed');
      this.#deps.failed(error, this);
    }
  }

  #received(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void {
    this.#change(tracks, this.media);
  }

  /** New tracks or a new media state: tells which tracks the page sees come and go by that. */
  #change(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, media: MediaState): void {
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
   * The camera's m-line is open even without a camera, so that one can come at once; until then its track would show
   * black. Peers of the bare protocol need not tell what they send: if they tell nothing, what they send is shown.
   */
  #shown(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>, media: MediaState): typeof tracks {
    const tellsNothing = this.#connection?.remoteId === undefined && !Object.values(media).includes(true);
    return media.video || tellsNothing ? tracks : new Map([...tracks].filter(([kind]) => kind !== 'camera'));
  }

  /** What failed is tried again and again: that is no news until it succeeds. */
  #pathChanged(state: ConnectionState): void {
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
