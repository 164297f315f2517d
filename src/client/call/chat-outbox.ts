import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import type { ChatMessage } from '../types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { asClientError } from './end-reasons.ts';

/** Messages that may wait to be sent. */
export const WAITING_MESSAGES = 256;
/** Tries of one message that the server refuses with `rate_limited`. */
const TRIES = 5;
/** Milliseconds between them, if the server names no pause. */
const RETRY_MS = 1_000;

export interface Draft {
  readonly message: string;
  readonly replyTo: string | undefined;
}

interface WaitingDraft extends Draft {
  readonly signal: AbortSignal | undefined;
  readonly resolve: (message: ChatMessage) => void;
  readonly reject: (error: ParleyClientError) => void;
  tries: number;
  /** Whether the session was lost while it was under way: it may be stored or not. */
  isUncertain: boolean;
}

interface ChatOutboxDeps {
  readonly clock: Clock;
  /** Sends a message; resolves with it when it is stored. */
  readonly send: (draft: Draft) => Promise<ChatMessage>;
}

/** Messages on their way to the server, one at a time: so they stay in order, and only one can be in doubt. */
export class ChatOutbox {
  readonly #deps: ChatOutboxDeps;
  #waiting: WaitingDraft[] = [];
  #isOpen = false;
  #isSending = false;
  #isClosed = false;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: ChatOutboxDeps) {
    this.#deps = deps;
  }

  /**
   * Once the signal is aborted, the message isn't sent any more, unless it is under way.
   * @throws ParleyClientError what the server refuses it with, `closed`, `session_lost`; `rate_limited` over the bound
   */
  add(draft: Draft, signal?: AbortSignal): Promise<ChatMessage> {
    return unlessAborted(signal, () => this.#add(draft, signal));
  }

  #add(draft: Draft, signal: AbortSignal | undefined): Promise<ChatMessage> {
    this.#waiting = this.#waiting.filter((each, index) => index === 0 || each.signal?.aborted !== true);
    if (this.#isClosed) return Promise.reject(unsent());
    if (this.#waiting.length >= WAITING_MESSAGES) {
      const text = `${WAITING_MESSAGES} messages wait to be sent; wait for the connection.`;
      return Promise.reject(new ParleyClientError('rate_limited', text));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...draft, signal, resolve, reject, tries: 0, isUncertain: false });
      void this.#sendNext();
    });
  }

  /** Sends nothing more: the session is lost. */
  hold(): void {
    this.#isOpen = false;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  /**
   * Sends what waits.
   * @param findStored returns the message if it was stored after all, null if it was not, undefined if that can't be known
   */
  open(findStored: (draft: Draft) => ChatMessage | null | undefined): void {
    const [first] = this.#waiting;
    if (first?.isUncertain === true) this.#settleUncertain(first, findStored(first));
    this.#isOpen = true;
    void this.#sendNext();
  }

  /** Sends nothing more. The answer to the message that is under way, if there is one, still settles it. */
  close(): void {
    this.hold();
    this.#isClosed = true;
    for (const { isUncertain, reject } of this.#waiting.splice(this.#isSending ? 1 : 0))
      reject(isUncertain ? uncertain() : unsent());
  }

  #settleUncertain(draft: WaitingDraft, stored: ChatMessage | null | undefined): void {
    draft.isUncertain = false;
    if (stored === null) return;
    this.#waiting.shift();
    if (stored !== undefined) draft.resolve(stored);
    else draft.reject(uncertain());
  }

  async #sendNext(): Promise<void> {
    const [draft] = this.#waiting;
    if (draft === undefined || !this.#isOpen || this.#isSending) return;
    if (draft.signal?.aborted === true) {
      this.#waiting.shift();
      return this.#sendNext();
    }
    this.#isSending = true;
    try {
      const stored = await this.#deps.send({ message: draft.message, replyTo: draft.replyTo });
      this.#waiting.shift();
      draft.resolve(stored);
    } catch (error) {
      this.#handleRefusal(draft, asClientError(error));
    }
    this.#isSending = false;
    void this.#sendNext();
  }

  #handleRefusal(draft: WaitingDraft, error: ParleyClientError): void {
    draft.tries += 1;
    if (this.#isClosed) {
      this.#waiting.shift();
      draft.reject(error);
    } else if (error.code === 'session_lost') draft.isUncertain = true;
    else if (error.code === 'rate_limited' && draft.tries < TRIES) {
      this.#isOpen = false;
      this.#cancelRetry = this.#deps.clock.after(error.retryAfterMs ?? RETRY_MS, () => this.#resume());
    } else {
      this.#waiting.shift();
      draft.reject(error);
    }
  }

  #resume(): void {
    this.#cancelRetry = undefined;
    this.#isOpen = true;
    void this.#sendNext();
  }
}

function unsent(): ParleyClientError {
  return new ParleyClientError('closed', 'The call is over; the message was not sent.');
}

function uncertain(): ParleyClientError {
  const text = 'The session was lost while this message was under way: it may have been stored or not.';
  return new ParleyClientError('session_lost', text);
}
