import type { HangupReason } from '../../../protocol/events.ts';
import { ParleyClientError } from '../../errors.ts';
import { Emitter } from '../../signaling/emitter.ts';
import type { DirectCall, DirectCallOptions, IncomingCall, IncomingCallEvents } from '../../types.ts';
import type { Candidate } from '../candidates.ts';
import { type Ringing, withCandidates } from './far-end.ts';

interface IncomingDeps {
  readonly answer: (incoming: Incoming, options: DirectCallOptions) => Promise<DirectCall>;
  readonly decline: (peerId: string, reason: HangupReason) => void;
}

/** A call that rings here [CA6]. */
export class Incoming implements IncomingCall {
  from: IncomingCall['from'];
  readonly #deps: IncomingDeps;
  readonly #emitter = new Emitter<IncomingCallEvents>();
  #latest: Ringing;
  #ringing = true;

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;

  constructor(deps: IncomingDeps, from: IncomingCall['from'], ringing: Ringing) {
    this.#deps = deps;
    this.from = from;
    this.#latest = ringing;
  }

  /** What the caller has sent so far; more may come until the call is answered. */
  get latest(): Ringing {
    return this.#latest;
  }

  get ringing(): boolean {
    return this.#ringing;
  }

  async accept(options: DirectCallOptions = {}): Promise<DirectCall> {
    options.signal?.throwIfAborted();
    if (!this.#ringing) {
      throw new ParleyClientError(
        'peer_gone',
        'This call no longer rings: it was taken, declined or given up.',
      );
    }
    const answering = this.#deps.answer(this, options);
    this.end('accepted');
    return answering;
  }

  decline(reason: 'declined' | 'user_busy' = 'declined'): void {
    if (!this.#ringing) return;
    this.#deps.decline(this.#latest.peerId, reason);
    this.end(reason);
  }

  /** The caller has offered again. */
  renew(ringing: Ringing): void {
    this.#latest = ringing;
  }

  addCandidates(candidates: readonly Candidate[]): void {
    this.#latest = withCandidates(this.#latest, candidates);
  }

  end(reason: IncomingCallEvents['ended'][0]): void {
    if (!this.#ringing) return;
    this.#ringing = false;
    this.#emitter.emit('ended', reason);
  }
}
