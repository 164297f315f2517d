import type { TrackKind } from '../types.ts';
import { type Candidate, CandidateInbox, CandidateOutbox } from './candidates.ts';
import { chooseVideoCodec } from './codecs/video-codec.ts';
import type { ConnectionDeps, Side } from './connection-deps.ts';
import { ControlChannel } from './control/control-channel.ts';
import { Ending } from './ending.ts';
import type { Whose } from './ice-recovery.ts';
import { Negotiation } from './negotiation.ts';
import { PeerChannel } from './peer-channel.ts';
import { type Fingerprints, fingerprintsOf } from './privacy/fingerprints.ts';
import { readLink } from './quality/read-link.ts';
import type { LinkReading } from './quality/reading.ts';
import { withCodecFirst } from './sdp/codec-order.ts';
import { withVoiceCoding } from './sdp/opus.ts';
import type { Description } from './signals.ts';
import { Transceivers } from './transceivers.ts';
import { Turns } from './turns.ts';
import { Upkeep } from './upkeep.ts';

/** One RTCPeerConnection with all that belongs to it: negotiation, candidates, channels, and the care for its path. */
export class Connection {
  /** Identifies this RTCPeerConnection to the peer. */
  readonly id: string;
  /** Carries messages to the peer. */
  readonly channel: PeerChannel;
  /** Carries what the two SDKs tell each other. */
  readonly control: ControlChannel;
  readonly #peer: RTCPeerConnection;
  readonly #transceivers: Transceivers;
  readonly #outbox: CandidateOutbox;
  readonly #inbox: CandidateInbox;
  readonly #upkeep: Upkeep;
  readonly #negotiation: Negotiation;
  readonly #turns: Turns;
  /** What the peer encodes in hardware. */
  #hardware: readonly string[] = [];
  readonly #onSenders: () => void;
  readonly #ending = new Ending();

  constructor(deps: ConnectionDeps, side: Side) {
    const { peer, clock, rules, codecs, onError } = deps;
    this.id = `c${Math.floor(deps.random() * 2 ** 52).toString(36)}`;
    this.#peer = peer;
    this.#onSenders = deps.onSenders;
    this.#turns = new Turns({ ending: this.#ending, onError });
    // Before the first offer: later, a channel needs a negotiation of its own.
    this.control = new ControlChannel({
      peer,
      clock,
      onOpen: deps.onControlOpen,
      onMessage: deps.onControl,
    });
    this.channel = new PeerChannel({ ...deps, onReady: deps.onChannel });
    this.#transceivers = new Transceivers(peer, codecs);
    this.#outbox = new CandidateOutbox({ clock, send: (payload) => deps.send('call:ice', payload) });
    this.#inbox = new CandidateInbox(async (candidate) => {
      if (rules.mayUse(candidate.candidate ?? '')) await peer.addIceCandidate(candidate);
    });
    this.#upkeep = new Upkeep({
      ...deps,
      isPolite: () => this.#negotiation.polite,
      restart: () => void this.#turns.run(() => this.#negotiation.restart()),
      repeatOffer: () => this.#negotiation.repeatOffer(),
      ask: () => this.control.ask(),
      readStats: () => this.#readStats(),
      onUnreachable: () => deps.onState('failed'),
    });
    this.#negotiation = new Negotiation(
      {
        ...deps,
        outgoing: rules.outgoing,
        incoming: (sdp) => this.#prepare(rules.incoming(sdp), codecs.hardware),
        id: this.id,
        turns: this.#turns,
        extras: () => ({
          tracks: this.#transceivers.sentKinds,
          data: true,
          hardware: [...codecs.hardware],
        }),
        onPeer: (description) => this.#notePeer(description),
        onRemote: () => this.#inbox.open(),
        onOpen: () => {
          this.#transceivers.open(deps.tracks);
          deps.onSenders();
          this.#upkeep.start();
        },
        onAnswer: async () => {
          this.#upkeep.start();
          await this.#transceivers.adopt(deps.tracks);
          deps.onSenders();
        },
        onNegotiated: () => {
          this.#transceivers.settle();
          deps.onTracks(this.#transceivers.received);
        },
        onAnswered: () => this.#upkeep.noteAnswered(),
        onWaiting: (waits) => (waits ? this.#upkeep.awaitAnswer() : this.#upkeep.stopAwaitingAnswer()),
      },
      side,
    );
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null || candidate.candidate === '') return;
      const value = rules.ownCandidate(candidate.candidate);
      if (value !== undefined) this.#outbox.add({ ...candidate.toJSON(), candidate: value });
    });
    peer.addEventListener('connectionstatechange', () => {
      this.#upkeep.noteState();
      deps.onState(peer.connectionState);
    });
  }

  /** The peer's id of its own; undefined until it is known, and for peers without this SDK. */
  get remoteId(): string | undefined {
    return this.#negotiation.remoteId;
  }

  receiveOffer(description: Description): void {
    void this.#turns.run(() => this.#negotiation.receiveOffer(description));
  }

  receiveAnswer(description: Description): void {
    void this.#turns.run(() => this.#negotiation.receiveAnswer(description));
  }

  receiveCandidates(candidates: readonly Candidate[]): void {
    void this.#turns.run(() => this.#inbox.take(candidates));
  }

  /**
   * Sends another track of this kind, or none. Before the m-lines exist it does nothing: they will be created with the
   * current tracks. Rejects with the browser's reason if the track can't be sent.
   */
  async setTrack(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    const failures: unknown[] = [];
    const onError = (error: unknown) => failures.push(error);
    if (this.#negotiation.opened) {
      await this.#turns.run(() => this.#transceivers.set(kind, track), onError);
      this.#onSenders();
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What sends a kind; undefined while there is no m-line for it. */
  sender(kind: TrackKind): RTCRtpSender | undefined {
    return this.#transceivers.senderOf(kind);
  }

  /** @throws as `setConfiguration` does */
  configure(configuration: RTCConfiguration): void {
    this.#peer.setConfiguration?.(configuration);
  }

  /** As `Upkeep.retry`. */
  retry(whose: Whose): void {
    this.#upkeep.retry(whose);
  }

  /** As `Upkeep.relayRestarted`. */
  relayRestarted(): void {
    // A browser without stats finds out by itself.
    this.#upkeep.relayRestarted().catch(() => {});
  }

  /** Looks for a better path: more are allowed than before. */
  renewPath(): void {
    void this.#turns.run(async () => this.#negotiation.renew());
  }

  /** Goes on after the peer's session, or this side's, was replaced: the open negotiation is lost, media is not. */
  rebind({ polite, offers }: Side): void {
    this.#negotiation.polite = polite;
    this.#outbox.clear();
    this.#upkeep.rebind();
    void this.#turns.run(async () => {
      await this.#negotiation.goOn(offers);
      this.#upkeep.retry('unknown');
    });
  }

  /** As `Transceivers.level`. */
  readonly level = (): number => this.#transceivers.level;

  /** Reads the browser's stats. Whoever needs them shares what `CallQuality` reads once a second. */
  async read(): Promise<LinkReading> {
    return readLink(await this.#readStats(), this.#transceivers.kinds);
  }

  /** As `fingerprintsOf`. */
  fingerprints(digest: Parameters<typeof fingerprintsOf>[1]): Promise<Fingerprints | undefined> {
    return fingerprintsOf(this.#peer, digest);
  }

  close(): void {
    if (this.#ending.isOver) return;
    this.#ending.end();
    this.#negotiation.stop();
    this.#upkeep.stop();
    this.#outbox.clear();
    this.control.close();
    this.#peer.close();
  }

  #readStats(): Promise<RTCStatsReport> {
    return this.#ending.before(this.#peer.getStats());
  }

  /** What the peer has described, with the codecs as this side is to use them. */
  #prepare(sdp: string, hardware: readonly string[]): string {
    const { allKinds: kinds } = this.#transceivers;
    const voiced = withVoiceCoding(sdp, kinds);
    const codec = chooseVideoCodec(hardware, this.#hardware);
    // VP8 is first already, unless the application of the other side has its own order.
    if (codec === 'VP8') return voiced;
    const cameras = [...kinds].flatMap(([mid, kind]) => (kind === 'camera' ? [mid] : []));
    return withCodecFirst(voiced, new Set(cameras), codec);
  }

  #notePeer({ connection, tracks, takesData, hardware }: Description): void {
    this.#hardware = hardware;
    this.#outbox.batches = connection !== undefined;
    this.#transceivers.setPeerKinds(tracks);
    this.channel.notePeer(takesData);
  }
}
