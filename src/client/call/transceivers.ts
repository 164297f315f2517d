import type { TrackKind } from '../types.ts';
import type { Codecs } from './codecs/codecs.ts';
import { firstEncodings, prefer } from './codecs/sender-preferences.ts';
import type { LocalTracks } from './published-tracks.ts';
import type { LinkKinds } from './quality/read-link.ts';

/** Kinds that both sides send on one m-line, open from the start, so that changing the track needs no negotiation. */
const SHARED = [
  ['microphone', 'audio'],
  ['camera', 'video'],
] as const;
/** Kinds that have an m-line of their own, created at the first use. */
const OWN: readonly TrackKind[] = ['screen', 'screenAudio'];

/** Knows which transceiver of a connection carries what, in both directions. */
export class Transceivers {
  readonly #connection: RTCPeerConnection;
  readonly #codecs: Pick<Codecs, 'order'>;
  readonly #mine = new Map<TrackKind, RTCRtpTransceiver>();
  /** Those whose senders have their preferences. */
  readonly #settled = new WeakSet<RTCRtpTransceiver>();
  /** Groups tracks for peers that expect streams, as those without this SDK do. */
  readonly #streams = { person: new MediaStream(), screen: new MediaStream() };
  #peerKinds: ReadonlyMap<string, TrackKind> | undefined;

  constructor(connection: RTCPeerConnection, codecs: Pick<Codecs, 'order'>) {
    this.#connection = connection;
    this.#codecs = codecs;
  }

  /** Creates the m-lines of a first offer. */
  open(tracks: LocalTracks): void {
    for (const [kind, media] of SHARED) {
      this.#mine.has(kind) || this.#add(kind, tracks.get(kind) ?? media);
    }
    for (const kind of OWN) {
      const track = tracks.get(kind);
      if (track !== undefined && !this.#mine.has(kind)) this.#add(kind, track);
    }
  }

  /** Sends our tracks on the m-lines of the peer's offer if they fit, and creates further ones if they don't. */
  async adopt(tracks: LocalTracks): Promise<void> {
    const taken = new Set(this.#mine.values());
    for (const transceiver of this.#connection.getTransceivers()) {
      const kind = this.#kindOf(transceiver);
      if (taken.has(transceiver) || transceiver.direction === 'stopped') continue;
      if (kind !== 'microphone' && kind !== 'camera') continue;
      const ours = this.#mine.get(kind);
      if (ours !== undefined && ours.mid !== null) continue;
      // Our m-line was in an offer that we took back: the peer's replaces it.
      ours?.stop();
      this.#mine.set(kind, transceiver);
      transceiver.direction = 'sendrecv';
      transceiver.sender.setStreams?.(this.#streams.person);
      this.#codecs.order(transceiver, kind);
      await transceiver.sender.replaceTrack(tracks.get(kind) ?? null);
    }
    for (const [kind, track] of tracks) if (!this.#mine.has(kind)) this.#add(kind, track);
  }

  /** Sends another track, or none. A new m-line, or a screen that starts or ends, causes a negotiation. */
  async set(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    const transceiver = this.#mine.get(kind);
    if (transceiver === undefined) {
      if (track !== null) this.#add(kind, track);
      return;
    }
    if (OWN.includes(kind)) transceiver.direction = directed(transceiver.direction, track !== null);
    await transceiver.sender.replaceTrack(track);
  }

  /** Tells new senders what comes first. Call it after a negotiation: before it, those on a peer's m-lines take nothing. */
  settle(): void {
    for (const [kind, transceiver] of this.#mine) {
      if (transceiver.mid === null || this.#settled.has(transceiver)) continue;
      this.#settled.add(transceiver);
      prefer(transceiver.sender, kind);
    }
  }

  /** What sends a kind; undefined while there is no m-line for it. */
  senderOf(kind: TrackKind): RTCRtpSender | undefined {
    return this.#mine.get(kind)?.sender;
  }

  /** Which kind we send on which m-line, by mid. */
  get sentKinds(): Record<string, TrackKind> {
    return Object.fromEntries(
      [...this.#mine].flatMap(([kind, { mid }]) => (mid === null ? [] : [[mid, kind]])),
    );
  }

  /** Which kind either side sends on which m-line, by mid. */
  get allKinds(): ReadonlyMap<string, TrackKind> {
    return new Map([...(this.#peerKinds ?? []), ...Object.entries(this.sentKinds)]);
  }

  /** Records which kind the peer sends on which m-line. @param tracks undefined if the peer doesn't say */
  setPeerKinds(tracks: ReadonlyMap<string, TrackKind> | undefined): void {
    if (tracks !== undefined) this.#peerKinds = tracks;
  }

  /** The tracks that the peer may send after the last negotiation. */
  get received(): ReadonlyMap<TrackKind, MediaStreamTrack> {
    return new Map(this.#receiving().map(([kind, { receiver }]) => [kind, receiver.track]));
  }

  /** Which kind goes over which m-line, in both directions. */
  get kinds(): LinkKinds {
    const sent = new Map<string, TrackKind>();
    for (const [kind, { mid, sender }] of this.#mine) {
      for (const name of [mid, sender.track?.id]) if (name != null) sent.set(name, kind);
    }
    const received = new Map<string, TrackKind>();
    for (const transceiver of this.#connection.getTransceivers()) {
      const kind = this.#kindOf(transceiver);
      const { mid, receiver } = transceiver;
      if (mid !== null && kind !== undefined) received.set(mid, kind).set(receiver.track.id, kind);
    }
    return { sent, received };
  }

  /** How loud the peer's microphone is just now, from 0 to 1, as the browser measures it. */
  get level(): number {
    const microphone = this.#receiving().find(([kind]) => kind === 'microphone')?.[1].receiver;
    return microphone?.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
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
      sendEncodings: firstEncodings(kind),
    });
    this.#codecs.order(transceiver, kind);
    this.#mine.set(kind, transceiver);
  }

  /** What the peer sends on this m-line: as the peer announced, otherwise inferred from the order of its m-lines. */
  #kindOf(transceiver: RTCRtpTransceiver): TrackKind | undefined {
    const { mid, receiver } = transceiver;
    if (mid === null) return undefined;
    if (this.#peerKinds !== undefined) return this.#peerKinds.get(mid);
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
