import type { ClientPayload } from '../../protocol/events.ts';
import type { Clock } from '../signaling/clock.ts';
import type { PeerStats, TrackKind } from '../types.ts';
import { CandidateInbox, CandidateOutbox } from './candidates.ts';
import { IceRecovery } from './ice-recovery.ts';
import { Lanes } from './lanes.ts';
import type { LocalTracks } from './local-media.ts';
import type { Candidate, RtcConstructor } from './rtc.ts';
import type { Description } from './signals.ts';
import { readStats, type Sample } from './stats.ts';

/** Milliseconds that a newcomer has for its first offer [RM2]; then we offer, in case it never does. */
const FIRST_OFFER_MS = 5_000;

export type Signal = 'call:offer' | 'call:answer' | 'call:ice';
export type SendSignal = <S extends Signal>(signal: S, payload: ClientPayload<S>) => void;

export interface ConnectionDeps {
  readonly RTCPeerConnection: RtcConstructor;
  readonly configuration: RTCConfiguration;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tracks: LocalTracks;
  /** Whether signaling is up. */
  readonly reachable: () => boolean;
  readonly send: SendSignal;
  readonly received: (tracks: ReadonlyMap<TrackKind, MediaStreamTrack>) => void;
  readonly stateChanged: (state: RTCPeerConnectionState) => void;
  readonly failed: (error: unknown) => void;
}

/** Which side we are toward the peer [RM2]. */
export interface Side {
  readonly polite: boolean;
  /** Whether the first offer is ours. */
  readonly offers: boolean;
}

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
  readonly #recovery: IceRecovery;
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
    this.#peer = new deps.RTCPeerConnection(deps.configuration);
    this.#lanes = new Lanes(this.#peer);
    this.#outbox = new CandidateOutbox({
      clock: deps.clock,
      send: (payload) => deps.send('call:ice', payload),
    });
    this.#inbox = new CandidateInbox((candidate) => this.#peer.addIceCandidate(candidate));
    this.#recovery = new IceRecovery({
      clock: deps.clock,
      polite: () => this.#polite,
      reachable: deps.reachable,
      restart: () => this.#inTurn(() => this.#restart()),
      gaveUp: () => deps.failed(new Error('No path to the peer was found.')),
    });
    this.#peer.addEventListener('negotiationneeded', () => void this.#negotiate());
    this.#peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#outbox.add({ ...candidate.toJSON() });
    });
    this.#peer.addEventListener('connectionstatechange', () => {
      this.#recovery.changed(this.#peer.connectionState);
      deps.stateChanged(this.#peer.connectionState);
    });
    if (offers) this.#open();
    else this.#awaitOffer();
  }

  receiveOffer(description: Description): void {
    this.#inTurn(() => this.#receiveOffer(description));
  }

  receiveAnswer(description: Description): void {
    this.#inTurn(() => this.#receiveAnswer(description));
  }

  receiveCandidates(candidates: readonly Candidate[]): void {
    this.#inTurn(() => this.#inbox.take(candidates));
  }

  /** Sends another track of this kind, or none. Before the m-lines are made, `tracks` is read when they are. */
  async setTrack(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    if (this.#opened) await this.#inTurn(() => this.#lanes.set(kind, track));
  }

  configure(configuration: RTCConfiguration): void {
    this.#peer.setConfiguration(configuration);
  }

  /** The network changed or signaling is back: restarts ICE if media has stopped. */
  retry(): void {
    this.#recovery.retry();
  }

  /** Goes on with a peer whose session, or ours, is a new one: what was being negotiated is lost, media is not. */
  rebind({ polite, offers }: Side): void {
    this.#polite = polite;
    this.#outbox.clear();
    this.#inTurn(async () => {
      await this.#takeBack();
      this.#stopWaiting();
      if (offers) await this.#negotiate();
      else this.#awaitOffer();
      this.#recovery.retry();
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
    this.#recovery.stop();
    this.#outbox.clear();
    this.#peer.close();
  }

  /** One thing at a time; what fails is reported and holds nothing up. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch (error) {
        if (!this.#closed) this.#deps.failed(error);
      }
    });
    return this.#queue;
  }

  #awaitOffer(): void {
    this.#cancelWait = this.#deps.clock.after(FIRST_OFFER_MS, () => {
      this.#cancelWait = undefined;
      this.#open();
      void this.#negotiate();
    });
  }

  #stopWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  #open(): void {
    this.#opened = true;
    this.#lanes.open(this.#deps.tracks);
  }

  async #negotiate(): Promise<void> {
    if (this.#closed || this.#cancelWait !== undefined) return;
    this.#makingOffer = true;
    try {
      await this.#peer.setLocalDescription();
      // Rolled back already, where the peer's offer came in between.
      if (this.#peer.localDescription?.type === 'offer') this.#describe('call:offer', ++this.#offers);
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
    if (this.#peer.signalingState === 'have-local-offer') {
      await this.#peer.setLocalDescription({ type: 'rollback' });
    }
  }

  async #restart(): Promise<void> {
    if (this.#cancelWait !== undefined) return;
    await this.#takeBack();
    this.#peer.restartIce();
  }
}
