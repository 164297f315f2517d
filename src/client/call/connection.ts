import type { PeerStats, TrackKind } from '../types.ts';
import { type Candidate, CandidateInbox, CandidateOutbox } from './candidates.ts';
import type { ConnectionDeps, Side } from './connection-deps.ts';
import type { Description } from './signals.ts';
import { readStats, type Sample } from './stats.ts';
import { Lanes } from './transceivers.ts';
import { Upkeep } from './upkeep.ts';

/** Milliseconds that a newcomer has for its first offer [RM2]; then we offer, in case it never does. */
const FIRST_OFFER_MS = 5_000;

/**
 * One RTCPeerConnection, negotiated perfectly (W3C WebRTC 1.0, 10.7): either side may offer at any time, and of two
 * offers that cross, the polite side takes its own back.
 */
export class Connection {
  /** Names this RTCPeerConnection to the other side. */
  readonly id: string;
  /** The other side's name for its own; undefined while it is unknown, or of a peer that speaks the bare protocol. */
  remoteId: string | undefined;
  readonly #deps: ConnectionDeps;
  readonly #peer: RTCPeerConnection;
  readonly #lanes: Lanes;
  readonly #outbox: CandidateOutbox;
  readonly #inbox: CandidateInbox;
  readonly #upkeep: Upkeep;
  #polite: boolean;
  /** Cancels the wait for the peer's first offer, while we wait. */
  #cancelWait: (() => void) | undefined;
  /** Whether the m-lines are made, and so must be told of new tracks. */
  #opened = false;
  #makingOffer = false;
  #offers = 0;
  #asObject = false;
  #closed = false;
  #queue: Promise<void> = Promise.resolve();
  #sample: Sample | undefined;

  constructor(deps: ConnectionDeps, { polite, offers }: Side) {
    this.#deps = deps;
    this.#polite = polite;
    this.id = `c${Math.floor(deps.random() * 2 ** 52).toString(36)}`;
    this.#peer = deps.peer;
    this.#lanes = new Lanes(this.#peer);
    this.#outbox = new CandidateOutbox({
      clock: deps.clock,
      send: (payload) => deps.send('call:ice', payload),
    });
    this.#inbox = new CandidateInbox((candidate) => this.#peer.addIceCandidate(candidate));
    this.#upkeep = new Upkeep({
      clock: deps.clock,
      peer: this.#peer,
      polite: () => this.#polite,
      reachable: deps.reachable,
      sends: deps.sends,
      restart: () => void this.#inTurn(() => this.#restart()),
      repeatOffer: () => this.#describe('call:offer', this.#offers),
      unreachable: () => deps.stateChanged('failed'),
      failed: deps.failed,
    });
    this.#peer.addEventListener('negotiationneeded', () => void this.#negotiate());
    this.#peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#outbox.add({ ...candidate.toJSON() });
    });
    this.#peer.addEventListener('connectionstatechange', () => {
      this.#upkeep.changed();
      deps.stateChanged(this.#peer.connectionState);
    });
    if (offers) void this.#inTurn(async () => this.#open());
    else this.#awaitOffer();
  }

  receiveOffer(description: Description): void {
    void this.#inTurn(() => this.#receiveOffer(description));
  }

  receiveAnswer(description: Description): void {
    void this.#inTurn(() => this.#receiveAnswer(description));
  }

  receiveCandidates(candidates: readonly Candidate[]): void {
    void this.#inTurn(() => this.#inbox.take(candidates));
  }

  /**
   * Sends another track of this kind, or none. Before the m-lines are made, `tracks` is read when they are.
   * Rejects with the browser's reason if it can't be sent.
   */
  async setTrack(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    const failures: unknown[] = [];
    const failed = (error: unknown) => failures.push(error);
    if (this.#opened) await this.#inTurn(() => this.#lanes.set(kind, track), failed);
    if (failures.length > 0) throw failures[0];
  }

  /** Throws as `setConfiguration` does. */
  configure(configuration: RTCConfiguration): void {
    this.#peer.setConfiguration?.(configuration);
  }

  /** The network changed (`moved`), or signaling or the peer is back: restarts ICE if media has stopped. */
  retry(moved: boolean): void {
    this.#upkeep.retry(moved);
  }

  /** Goes on with a peer whose session, or ours, is a new one: what was being negotiated is lost, media is not. */
  rebind({ polite, offers }: Side): void {
    this.#polite = polite;
    this.#outbox.clear();
    void this.#inTurn(async () => {
      await this.#takeBack();
      this.#stopWaiting();
      if (offers) await this.#negotiate();
      else this.#awaitOffer();
      this.#upkeep.retry(false);
    });
  }

  async stats(): Promise<PeerStats> {
    const report = await this.#peer.getStats();
    const { stats, sample } = readStats(report, this.#lanes.midOf('screen'), this.#sample);
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

  /** One thing at a time; what fails is reported and holds nothing up. */
  #inTurn(step: () => Promise<void>, failed = this.#deps.failed): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch (error) {
        if (!this.#closed) failed(error);
      }
    });
    return this.#queue;
  }

  #awaitOffer(): void {
    this.#cancelWait = this.#deps.clock.after(FIRST_OFFER_MS, () => {
      this.#cancelWait = undefined;
      void this.#inTurn(async () => {
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
    this.#lanes.open(this.#deps.tracks);
    this.#upkeep.start();
  }

  async #negotiate(): Promise<void> {
    if (this.#closed || this.#cancelWait !== undefined) return;
    this.#makingOffer = true;
    try {
      await this.#peer.setLocalDescription();
      // Rolled back already, where the peer's offer came in between.
      if (this.#peer.localDescription?.type !== 'offer') return;
      this.#describe('call:offer', ++this.#offers);
      this.#upkeep.offered();
    } catch (error) {
      if (!this.#closed) this.#deps.failed(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receiveOffer({ sdp, asObject, connection, tracks }: Description): Promise<void> {
    const collision = this.#makingOffer || this.#peer.signalingState !== 'stable';
    if (collision && !this.#polite) return;
    this.#heed(asObject, connection?.from, tracks);
    await this.#peer.setRemoteDescription({ type: 'offer', sdp });
    this.#stopWaiting();
    this.#upkeep.settled();
    this.#upkeep.start();
    this.#opened = true;
    await this.#inbox.open();
    await this.#lanes.adopt(this.#deps.tracks);
    await this.#peer.setLocalDescription();
    this.#describe('call:answer', connection?.offer);
    this.#deps.received(this.#lanes.received);
  }

  async #receiveAnswer({ sdp, asObject, connection, tracks }: Description): Promise<void> {
    // An answer to an offer that was taken back.
    if (this.#peer.signalingState !== 'have-local-offer') return;
    if (connection !== undefined && connection.offer !== this.#offers) return;
    this.#heed(asObject, connection?.from, tracks);
    await this.#peer.setRemoteDescription({ type: 'answer', sdp });
    this.#upkeep.settled();
    await this.#inbox.open();
    this.#deps.received(this.#lanes.received);
  }

  #heed(asObject: boolean, from: string | undefined, tracks: Description['tracks']): void {
    this.#asObject = asObject;
    this.remoteId = from;
    this.#outbox.batches = from !== undefined;
    this.#lanes.heed(tracks);
  }

  #describe(signal: 'call:offer' | 'call:answer', offer = 0): void {
    const description = this.#peer.localDescription;
    if (description === null) return;
    this.#deps.send(signal, {
      sdp: this.#asObject ? { type: description.type, sdp: description.sdp } : description.sdp,
      connection: { from: this.id, to: this.remoteId, offer },
      tracks: this.#lanes.described,
    });
  }

  /** Takes back an offer whose answer won't come, or came to nothing. */
  async #takeBack(): Promise<void> {
    if (this.#peer.signalingState !== 'have-local-offer') return;
    await this.#peer.setLocalDescription({ type: 'rollback' });
    this.#upkeep.settled();
  }

  /**
   * Another try at a path. An open offer is not taken back for it: m-lines that are new in it would get other mids,
   * and a peer whose answer was lost knows them by the first ones already.
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
