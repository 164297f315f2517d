import type { ServerMessage } from '../signaling/frames.ts';
import type { RemotePeer, WaitOptions } from '../types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { CallPart, PartDeps } from './part.ts';

interface HandsDeps extends PartDeps {
  /** @param peer undefined for this side's own hand */
  readonly onHand: (peer: RemotePeer | undefined, hand: string | null) => void;
  readonly onReaction: (emoji: string, peer: RemotePeer | undefined) => void;
}

/** Raised hands, and emojis that are shown for a moment [RM10]. */
export class Hands implements CallPart {
  readonly #deps: HandsDeps;
  #own: string | null = null;

  constructor(deps: HandsDeps) {
    this.#deps = deps;
  }

  /** When this side raised its hand; null while it is down. */
  get own(): string | null {
    return this.#own;
  }

  async raise(raised = true, options?: WaitOptions): Promise<void> {
    await this.#deps.session.request('hand', { raised }, options);
  }

  async lower({ peerId }: Pick<RemotePeer, 'peerId'>, options?: WaitOptions): Promise<void> {
    await this.#deps.session.request('hand', { peerId, raised: false }, options);
  }

  react(emoji: string, { signal }: WaitOptions = {}): Promise<void> {
    return unlessAborted(signal, async () => {
      await this.#deps.session.request('react', { emoji });
      this.#deps.onReaction(emoji, undefined);
    });
  }

  /** The hand went with the former session. */
  enter(): void {
    this.#setOwn(null);
  }

  handle({ event, payload }: ServerMessage): void {
    if (event === 'peer:hand') {
      const hand = payload.raised ? payload.at : null;
      if (payload.peerId === this.#deps.ownId()) this.#setOwn(hand);
      else {
        const peer = this.#deps.peers().get(payload.peerId);
        if (peer !== undefined) this.#deps.onHand(peer, hand);
      }
    } else if (event === 'peer:reaction') {
      const peer = this.#deps.peers().get(payload.peerId);
      if (peer !== undefined) this.#deps.onReaction(payload.emoji, peer);
    }
  }

  #setOwn(hand: string | null): void {
    if (this.#own === hand) return;
    this.#own = hand;
    this.#deps.onHand(undefined, hand);
  }
}
