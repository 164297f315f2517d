import type { MediaState, Peer } from '../../protocol/fields.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ConnectionState, PeerEvents, PeerStats, RemotePeer, TrackKind } from '../types.ts';
import type { Connection, ConnectionDeps, SendSignal, Side } from './connection.ts';
import type { Description } from './signals.ts';

/** What a remote peer gives its connection; the rest comes from the call. */
export type ConnectionEvents = Pick<ConnectionDeps, 'send' | 'received' | 'stateChanged' | 'failed'>;

/** What the call uses of a connection. */
export type Link = Pick<
  Connection,
  | 'id'
  | 'remoteId'
  | 'receiveOffer'
  | 'receiveAnswer'
  | 'receiveCandidates'
  | 'setTrack'
  | 'configure'
  | 'retry'
  | 'rebind'
  | 'stats'
  | 'close'
>;

export interface RemoteDeps {
  readonly connect: (events: ConnectionEvents, side: Side) => Link;
  readonly send: (peerId: string) => SendSignal;
  readonly failed: (error: unknown, remote: Remote) => void;
}

const NO_STATS: PeerStats = {
  path: null,
  protocol: null,
  roundTripMs: null,
  sendBitsPerSecond: null,
  receiveBitsPerSecond: null,
  framesDecoded: 0,
  screenFramesDecoded: 0,
  totalSamplesReceived: 0,
  packetsLost: 0,
};

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

  readonly on = this.#emitter.on;

  constructor(deps: RemoteDeps, peer: Peer, offers: boolean) {
    this.key = peer.peerId;
    this.#deps = deps;
    this.#peer = peer;
    this.#connection = this.#connect({ polite: peer.polite, offers });
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
    return this.#tracks.get('camera') ?? null;
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

  setMedia({ audio, video, screen }: MediaState): void {
    this.#peer = { ...this.#peer, media: { audio, video, screen } };
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
    const before = this.#peer.state;
    this.#peer = { ...peer, state: before };
    this.#bound = true;
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
    this.#connection = undefined;
    this.#received(new Map());
    this.#setConnectionState('disconnected');
  }

  close(): void {
    this.hangUp();
    this.#bound = false;
  }

  #startOver(side: Side): void {
    this.#connection?.close();
    this.#received(new Map());
    this.#connection = this.#connect(side);
    this.#setConnectionState('connecting');
  }

  #connect(side: Side): Link {
    return this.#deps.connect(
      {
        send: (signal, payload) => {
          if (this.#bound) this.#deps.send(this.peerId)(signal, payload);
        },
        received: (tracks) => this.#received(tracks),
        stateChanged: (state) => this.#pathChanged(stateOf(state)),
        failed: (error) => this.#deps.failed(error, this),
      },
      side,
    );
  }

  #received(tracks: ReadonlyMap<TrackKind, MediaStreamTrack>): void {
    const before = this.#tracks;
    this.#tracks = tracks;
    for (const kind of new Set([...before.keys(), ...tracks.keys()])) {
      const track = tracks.get(kind) ?? null;
      if (track !== (before.get(kind) ?? null)) this.#emitter.emit('track', kind, track);
    }
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
