import type { Clock } from '../signaling/clock.ts';
import type { SendSignal, Side } from './connection-deps.ts';
import type { Description } from './signals.ts';
import type { Turns } from './turns.ts';

/** Milliseconds to wait for a newcomer's first offer [RM2]; then this side offers, in case the newcomer never does. */
const FIRST_OFFER_MS = 5_000;

interface NegotiationDeps {
  readonly peer: RTCPeerConnection;
  readonly clock: Clock;
  readonly turns: Turns;
  /** Identifies the RTCPeerConnection to the peer. */
  readonly id: string;
  readonly send: SendSignal;
  /** What an offer or answer tells besides its SDP. */
  readonly extras: () => Record<string, unknown>;
  /** What is changed in descriptions on their way out and in. */
  readonly outgoing: (sdp: string) => string;
  readonly incoming: (sdp: string) => string;
  /** The peer has described itself; its description is set next. */
  readonly onPeer: (description: Description) => void;
  /** The peer's description is set. */
  readonly onRemote: () => Promise<void>;
  /** Creates the m-lines of the first offer. */
  readonly onOpen: () => void;
  /** Puts this side's tracks on the m-lines of the peer's offer. */
  readonly onAnswer: () => Promise<void>;
  readonly onNegotiated: () => void;
  /** The peer's answer is set. */
  readonly onAnswered: () => void;
  /** An offer waits for its answer, or was taken back. */
  readonly onWaiting: (waits: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Perfect negotiation (W3C WebRTC 1.0, 10.7): either side may offer at any time, and if two offers cross, the polite side
 * takes its own back.
 */
export class Negotiation {
  readonly #deps: NegotiationDeps;
  readonly #peer: RTCPeerConnection;
  polite: boolean;
  /** The peer's id of its own; undefined until it is known, and for peers without this SDK. */
  remoteId: string | undefined;
  /** Cancels the wait for the peer's first offer; undefined while this side doesn't wait. */
  #cancelWait: (() => void) | undefined;
  #opened = false;
  #makingOffer = false;
  #offers = 0;
  #asObject = false;

  constructor(deps: NegotiationDeps, { polite, offers }: Side) {
    this.#deps = deps;
    this.#peer = deps.peer;
    this.polite = polite;
    this.#peer.addEventListener('negotiationneeded', () => void this.negotiate());
    if (offers) void deps.turns.run(async () => this.#open());
    else this.#awaitOffer();
  }

  /** Whether the m-lines exist, so that a new track must be set on them. */
  get opened(): boolean {
    return this.#opened;
  }

  async negotiate(): Promise<void> {
    if (this.#isClosed() || this.#cancelWait !== undefined) return;
    this.#makingOffer = true;
    try {
      await this.#peer.setLocalDescription();
      // If the peer's offer came in between, ours was rolled back already.
      if (this.#peer.localDescription?.type !== 'offer') return;
      this.#offers += 1;
      this.repeatOffer();
      this.#deps.onWaiting(true);
    } catch (error) {
      if (!this.#isClosed()) this.#deps.onError(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async receiveOffer(description: Description): Promise<void> {
    const collision = this.#makingOffer || this.#peer.signalingState !== 'stable';
    if (collision && !this.polite) return;
    this.#notePeer(description);
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: this.#deps.incoming(description.sdp) });
    this.stop();
    this.#opened = true;
    await this.#deps.onRemote();
    await this.#deps.onAnswer();
    await this.#peer.setLocalDescription();
    this.#describe('call:answer', description.connection?.offer);
    this.#deps.onNegotiated();
  }

  async receiveAnswer(description: Description): Promise<void> {
    // It answers an offer that was taken back.
    if (this.#peer.signalingState !== 'have-local-offer') return;
    const { sdp, connection } = description;
    if (connection !== undefined && connection.offer !== this.#offers) return;
    this.#notePeer(description);
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: this.#deps.incoming(sdp) });
    this.#deps.onAnswered();
    await this.#deps.onRemote();
    this.#deps.onNegotiated();
  }

  /** Sends the open offer once more. */
  repeatOffer(): void {
    this.#describe('call:offer', this.#offers);
  }

  /** Goes on after a session was replaced: an offer whose answer won't come is taken back. */
  async goOn(offers: boolean): Promise<void> {
    if (this.#peer.signalingState === 'have-local-offer') {
      await this.#peer.setLocalDescription({ type: 'rollback' });
      this.#deps.onWaiting(false);
    }
    this.#stopWaiting();
    if (offers) await this.negotiate();
    else this.#awaitOffer();
  }

  /**
   * Tries to find a path again. It repeats an open first offer rather than taking it back: new m-lines would get other
   * mids, and a peer whose answer was lost already knows the first ones.
   */
  async restart(): Promise<void> {
    if (this.#cancelWait !== undefined) return;
    if (this.#peer.currentRemoteDescription === null && this.#peer.signalingState === 'have-local-offer') {
      this.repeatOffer();
      return;
    }
    this.#peer.restartIce();
    await this.negotiate();
  }

  /**
   * Leaves the path for another, at once, or when the open negotiation is over: the browser then asks for the next. Before the
   * first offer there is nothing to leave.
   */
  renew(): void {
    if (this.#opened) this.#peer.restartIce();
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#stopWaiting();
    this.#deps.onWaiting(false);
  }

  #isClosed(): boolean {
    return this.#peer.signalingState === 'closed';
  }

  #awaitOffer(): void {
    this.#cancelWait = this.#deps.clock.after(FIRST_OFFER_MS, () => {
      this.#cancelWait = undefined;
      void this.#deps.turns.run(async () => {
        this.#open();
        await this.negotiate();
      });
    });
  }

  #stopWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  #open(): void {
    this.#opened = true;
    this.#deps.onOpen();
  }

  #notePeer(description: Description): void {
    this.#asObject = description.asObject;
    this.remoteId = description.connection?.from;
    this.#deps.onPeer(description);
  }

  /** Sends the local description. @param offer the number of the offer, ours or the one that is answered */
  #describe(signal: 'call:offer' | 'call:answer', offer = 0): void {
    const description = this.#peer.localDescription;
    if (description === null) return;
    const { type } = description;
    const sdp = this.#deps.outgoing(description.sdp);
    this.#deps.send(signal, {
      sdp: this.#asObject ? { type, sdp } : sdp,
      connection: { from: this.#deps.id, to: this.remoteId, offer },
      ...this.#deps.extras(),
    });
  }
}
