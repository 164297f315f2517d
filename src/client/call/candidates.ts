import type { Clock } from '../signaling/clock.ts';

/** A candidate as it is sent. */
export type Candidate = Pick<RTCIceCandidateInit, keyof RTCIceCandidateInit>;

/** Milliseconds for which candidates are collected into one message: they come in bursts. */
const BATCH_MS = 30;
/** Candidates of a peer that may wait for a description; the oldest goes first. */
export const WAITING_CANDIDATES = 256;

interface OutboxDeps {
  readonly clock: Clock;
  readonly send: (payload: { candidate: Candidate } | { candidates: Candidate[] }) => void;
}

/** This side's candidates: one per message, until the peer is known to read many in one. */
export class CandidateOutbox {
  readonly #deps: OutboxDeps;
  #batch: Candidate[] = [];
  #cancel: (() => void) | undefined;
  /** Whether the peer reads `candidates`. */
  batches = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  add(candidate: Candidate): void {
    if (!this.batches) {
      this.#deps.send({ candidate });
      return;
    }
    this.#batch.push(candidate);
    this.#cancel ??= this.#deps.clock.after(BATCH_MS, () => this.#flush());
  }

  /** Drops what was not sent. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#batch = [];
  }

  #flush(): void {
    const candidates = this.#batch;
    this.clear();
    this.#deps.send({ candidates });
  }
}

/** The peer's candidates; they wait until the description that they belong to is set. */
export class CandidateInbox {
  readonly #add: (candidate: Candidate) => Promise<void>;
  #waiting: Candidate[] | undefined = [];

  /** @param add passes a candidate to the connection; one that it refuses belonged to an earlier description */
  constructor(add: (candidate: Candidate) => Promise<void>) {
    this.#add = (candidate) => add(candidate).catch(() => {});
  }

  async take(candidates: readonly Candidate[]): Promise<void> {
    if (this.#waiting !== undefined) {
      this.#waiting = [...this.#waiting, ...candidates].slice(-WAITING_CANDIDATES);
      return;
    }
    for (const candidate of candidates) await this.#add(candidate);
  }

  /** A remote description is set: passes the waiting candidates on, and all further ones at once. */
  async open(): Promise<void> {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const candidate of waiting) await this.#add(candidate);
  }
}
