import type { PeerStats, TrackKind } from '../types.ts';
import { type Candidate, CandidateInbox, CandidateOutbox } from './candidates.ts';
import type { ConnectionDeps, Side } from './connection-deps.ts';
import { PeerChannel } from './peer-channel.ts';
import type { Description } from './signals.ts';
import { readStats, type Sample } from './stats.ts';
import { Transceivers } from './transceivers.ts';
import { Turns } from './turns.ts';
import { Upkeep } from './upkeep.ts';

/** Milliseconds to wait for a newcomer's first offer [RM2]; then this side offers, in case the newcomer never does. */
const FIRST_OFFER_MS = 5_000;

/**
 * One RTCPeerConnection with perfect negotiation (W3C WebRTC 1.0, 10.7): either side may offer at any time, and if two
 * offers cross, the polite side takes its own back.
 */
export class Connection {
  /** Identifies this RTCPeerConnection to the peer. */
  readonly id: string;
  /** Carries messages to the peer. */
  readonly channel: PeerChannel;
  /** The peer's id of its own; undefined until it is known, and for peers without this SDK. */
  remoteId: string | undefined;
  readonly #deps: ConnectionDeps;
  readonly #peer: RTCPeerConnection;
  readonly #transceivers: Transceivers;
  readonly #outbox: CandidateOutbox;
  readonly #inbox: CandidateInbox;
  readonly #upkeep: Upkeep;
  #polite: boolean;
  /** Cancels the wait for the peer's first offer; undefined while this side doesn't wait. */
  #cancelWait: (() => void) | undefined;
  /** Whether the m-lines exist, so that a new track must be set on them. */
  #opened = false;
  #makingOffer = false;
  #offers = 0;
  #asObject = false;
  #closed = false;
  readonly #turns: Turns;
  #sample: Sample | undefined;

  constructor(deps: ConnectionDeps, { polite, offers }: Side) {
    this.#deps = deps;
    this.#polite = polite;
    this.id = `c${Math.floor(deps.random() * 2 ** 52).toString(36)}`;
    this.#peer = deps.peer;
    this.#turns = new Turns({ isOver: () => this.#closed, onError: deps.onError });
    this.channel = new PeerChannel({ ...deps, onReady: deps.onChannel });
    this.#transceivers = new Transceivers(this.#peer);
    this.#outbox = new CandidateOutbox({
      clock: deps.clock,
      send: (payload) => deps.send('call:ice', payload),
    });
    this.#inbox = new CandidateInbox((candidate) => this.#peer.addIceCandidate(candidate));
    this.#upkeep = new Upkeep({
      clock: deps.clock,
      peer: this.#peer,
      isPolite: () => this.#polite,
      isReachable: deps.isReachable,
      sendsMedia: deps.sendsMedia,
      reportsPath: deps.reportsPath,
      tellPath: deps.tellPath,
      restart: () => void this.#turns.run(() => this.#restart()),
      repeatOffer: () => this.#describe('call:offer', this.#offers),
      onUnreachable: () => deps.onState('failed'),
      onError: deps.onError,
    });
    this.#peer.addEventListener('negotiationneeded', () => void this.#negotiate());
    this.#peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#outbox.add({ ...candidate.toJSON() });
    });
    this.#peer.addEventListener('connectionstatechange', () => {
      this.#upkeep.noteState();
      deps.onState(this.#peer.connectionState);
    });
    if (offers) void this.#turns.run(async () => this.#open());
    else this.#awaitOffer();
  }

  receiveOffer(description: Description): void {
    void this.#turns.run(() => this.#receiveOffer(description));
  }

  receiveAnswer(description: Description): void {
    void this.#turns.run(() => this.#receiveAnswer(description));
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
    if (this.#opened) await this.#turns.run(() => this.#transceivers.set(kind, track), onError);
    if (failures.length > 0) throw failures[0];
  }

  /** @throws as `setConfiguration` does */
  configure(configuration: RTCConfiguration): void {
    this.#peer.setConfiguration?.(configuration);
  }

  /** Restarts ICE if there is no path: the network changed (`moved`), or signaling or the peer is back. */
  retry(moved: boolean): void {
    this.#upkeep.retry(moved);
  }

  /** Looks for another path: which ones are allowed has changed. Of two sides with this SDK one does it for both. */
  renewPath(): void {
    if (this.#polite && this.remoteId !== undefined) return;
    void this.#turns.run(() => this.#restart());
  }

  /** Goes on after the peer's session, or this side's, was replaced: the open negotiation is lost, media is not. */
  rebind({ polite, offers }: Side): void {
    this.#polite = polite;
    this.#outbox.clear();
    this.#upkeep.rebind();
    void this.#turns.run(async () => {
      await this.#takeBack();
      this.#stopWaiting();
      if (offers) await this.#negotiate();
      else this.#awaitOffer();
      this.#upkeep.retry(false);
    });
  }

  /** As `Transceivers.level`. */
  readonly level = (): number => this.#transceivers.level;

  async stats(): Promise<PeerStats> {
    const report = await this.#peer.getStats();
    const { stats, sample } = readStats(report, this.#transceivers.midOf('screen'), this.#sample);
    this.#sample = sample;
    return stats;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWaiting();
    this.#upkeep.stop();
    this.#outbox.clear();
    this.#peer.close();
  }

  #awaitOffer(): void {
    this.#cancelWait = this.#deps.clock.after(FIRST_OFFER_MS, () => {
      this.#cancelWait = undefined;
      void this.#turns.run(async () => {
        this.#open();
        await this.#negotiate();
      });
    });
  }

  #stopWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  #open(): void {
    this.#opened = true;
    this.#transceivers.open(this.#deps.tracks);
    this.#upkeep.start();
  }

  async #negotiate(): Promise<void> {
    if (this.#closed || this.#cancelWait !== undefined) return;
    this.#makingOffer = true;
    try {
      await this.#peer.setLocalDescription();
      // If the peer's offer came in between, ours was rolled back already.
      if (this.#peer.localDescription?.type !== 'offer') return;
      this.#describe('call:offer', ++this.#offers);
      this.#upkeep.awaitAnswer();
    } catch (error) {
      if (!this.#closed) this.#deps.onError(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receiveOffer(description: Description): Promise<void> {
    const collision = this.#makingOffer || this.#peer.signalingState !== 'stable';
    if (collision && !this.#polite) return;
    this.#notePeer(description);
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: description.sdp });
    this.channel.adopt();
    this.#stopWaiting();
    this.#upkeep.stopAwaitingAnswer();
    this.#upkeep.start();
    this.#opened = true;
    await this.#inbox.open();
    await this.#transceivers.adopt(this.#deps.tracks);
    await this.#peer.setLocalDescription();
    this.#describe('call:answer', description.connection?.offer);
    this.#deps.onTracks(this.#transceivers.received);
  }

  async #receiveAnswer(description: Description): Promise<void> {
    // It answers an offer that was taken back.
    if (this.#peer.signalingState !== 'have-local-offer') return;
    const { sdp, connection } = description;
    if (connection !== undefined && connection.offer !== this.#offers) return;
    this.#notePeer(description);
    await this.#peer.setRemoteDescription({ type: 'answer', sdp });
    this.#upkeep.stopAwaitingAnswer();
    await this.#inbox.open();
    this.#deps.onTracks(this.#transceivers.received);
  }

  #notePeer({ asObject, connection, tracks, takesData }: Description): void {
    this.#asObject = asObject;
    this.remoteId = connection?.from;
    this.#outbox.batches = this.remoteId !== undefined;
    this.#transceivers.setPeerKinds(tracks);
    this.channel.notePeer(takesData);
  }

  /** Sends the local description. @param offer the number of the offer, ours or the one that is answered */
  #describe(signal: 'call:offer' | 'call:answer', offer = 0): void {
    const description = this.#peer.localDescription;
    if (description === null) return;
    this.#deps.send(signal, {
      sdp: this.#asObject ? { type: description.type, sdp: description.sdp } : description.sdp,
      connection: { from: this.id, to: this.remoteId, offer },
      tracks: this.#transceivers.sentKinds,
      data: true,
    });
  }

  /** Takes back an offer whose answer won't come. */
  async #takeBack(): Promise<void> {
    if (this.#peer.signalingState !== 'have-local-offer') return;
    await this.#peer.setLocalDescription({ type: 'rollback' });
    this.#upkeep.stopAwaitingAnswer();
  }

  /**
   * Tries to find a path again. It repeats an open first offer rather than taking it back: new m-lines would get other
   * mids, and a peer whose answer was lost already knows the first ones.
   */
  async #restart(): Promise<void> {
    if (this.#cancelWait !== undefined) return;
    if (this.#peer.currentRemoteDescription === null && this.#peer.signalingState === 'have-local-offer') {
      this.#describe('call:offer', this.#offers);
      return;
    }
    this.#peer.restartIce();
    await this.#negotiate();
  }
}
