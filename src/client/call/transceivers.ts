import type { TrackKind } from '../types.ts';
import type { LocalTracks } from './published-tracks.ts';

/** Kinds that both sides send on one m-line, open from the start: a track that comes, changes or goes negotiates nothing. */
const SHARED = [
  ['microphone', 'audio'],
  ['camera', 'video'],
] as const;
/** Kinds that have an m-line of their own, made at the first use. */
const OWN: readonly TrackKind[] = ['screen', 'screenAudio'];

/** Which transceiver of a connection carries what, both ways. */
export class Lanes {
  readonly #connection: RTCPeerConnection;
  readonly #mine = new Map<TrackKind, RTCRtpTransceiver>();
  /** Groups tracks for peers that go by streams, as the bare protocol's do. */
  readonly #streams = { person: new MediaStream(), screen: new MediaStream() };
  #theirs: ReadonlyMap<string, TrackKind> | undefined;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /** Makes the m-lines of a first offer. */
  open(tracks: LocalTracks): void {
    for (const [kind, media] of SHARED) {
      this.#mine.has(kind) || this.#add(kind, tracks.get(kind) ?? media);
    }
    for (const kind of OWN) {
      const track = tracks.get(kind);
      if (track !== undefined && !this.#mine.has(kind)) this.#add(kind, track);
    }
  }

  /** Takes the m-lines of the peer's offer for our tracks where they fit, and makes others where they don't. */
  async adopt(tracks: LocalTracks): Promise<void> {
    const taken = new Set(this.#mine.values());
    for (const transceiver of this.#connection.getTransceivers()) {
      const kind = this.#kindOf(transceiver);
      if (taken.has(transceiver) || transceiver.direction === 'stopped') continue;
      if (kind !== 'microphone' && kind !== 'camera') continue;
      const ours = this.#mine.get(kind);
      if (ours !== undefined && ours.mid !== null) continue;
      // Ours was in an offer that we took back: the peer's takes its place.
      ours?.stop();
      this.#mine.set(kind, transceiver);
      transceiver.direction = 'sendrecv';
      transceiver.sender.setStreams?.(this.#streams.person);
      await transceiver.sender.replaceTrack(tracks.get(kind) ?? null);
    }
    for (const [kind, track] of tracks) if (!this.#mine.has(kind)) this.#add(kind, track);
  }

  /** Sends another track, or none. An m-line that is new, or a screen's that starts or ends, needs a negotiation. */
  async set(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    const transceiver = this.#mine.get(kind);
    if (transceiver === undefined) {
      if (track !== null) this.#add(kind, track);
      return;
    }
    if (OWN.includes(kind)) transceiver.direction = directed(transceiver.direction, track !== null);
    await transceiver.sender.replaceTrack(track);
  }

  /** What we send on which m-line, for the other side. */
  get described(): Record<string, TrackKind> {
    return Object.fromEntries(
      [...this.#mine].flatMap(([kind, { mid }]) => (mid === null ? [] : [[mid, kind]])),
    );
  }

  /** What the peer says that it sends on which m-line; undefined where it doesn't say. */
  heed(tracks: ReadonlyMap<string, TrackKind> | undefined): void {
    if (tracks !== undefined) this.#theirs = tracks;
  }

  /** The m-line on which the peer sends this kind. */
  midOf(kind: TrackKind): string | undefined {
    return this.#receiving().find(([theirs]) => theirs === kind)?.[1].mid ?? undefined;
  }

  /** The tracks that the last negotiation lets the peer send. */
  get received(): ReadonlyMap<TrackKind, MediaStreamTrack> {
    return new Map(this.#receiving().map(([kind, { receiver }]) => [kind, receiver.track]));
  }

  #receiving(): [TrackKind, RTCRtpTransceiver][] {
    return this.#connection.getTransceivers().flatMap((transceiver): [TrackKind, RTCRtpTransceiver][] => {
      const { currentDirection } = transceiver;
      const kind = this.#kindOf(transceiver);
      const receives = currentDirection === 'sendrecv' || currentDirection === 'recvonly';
      return receives && kind !== undefined ? [[kind, transceiver]] : [];
    });
  }

  #add(kind: TrackKind, track: MediaStreamTrack | 'audio' | 'video'): void {
    const own = OWN.includes(kind);
    const transceiver = this.#connection.addTransceiver(track, {
      direction: own ? 'sendonly' : 'sendrecv',
      streams: [own ? this.#streams.screen : this.#streams.person],
    });
    this.#mine.set(kind, transceiver);
  }

  /** What the peer sends on this m-line: as it says, or by the order in which a peer that doesn't say has made them. */
  #kindOf(transceiver: RTCRtpTransceiver): TrackKind | undefined {
    const { mid, receiver } = transceiver;
    if (mid === null) return undefined;
    if (this.#theirs !== undefined) return this.#theirs.get(mid);
    const [first, second] =
      receiver.track.kind === 'audio'
        ? (['microphone', 'screenAudio'] as const)
        : (['camera', 'screen'] as const);
    const before = this.#mine.get(first);
    if (before !== undefined && before.mid !== null) return before === transceiver ? first : second;
    const alike = this.#connection
      .getTransceivers()
      .filter((each) => each.mid !== null && each.receiver.track.kind === receiver.track.kind);
    return alike[0] === transceiver ? first : second;
  }
}

function directed(now: RTCRtpTransceiverDirection, sends: boolean): RTCRtpTransceiverDirection {
  const receives = now === 'sendrecv' || now === 'recvonly';
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}
