/**
 * What a turn of the event loop may spend on streams, in units of some 10 µs (see `costOf`): 64 datagrams of clients, or 16
 * requests of theirs; 4 requests of strangers. Between two turns every UDP socket that has something is served.
 */
const CLIENTS_COST = 64;
const STRANGERS_COST = 16;
/** What one connection may spend before the next one's turn. */
const ONE_COST = 16;

/** A connection whose messages are handled a few at a time. */
export interface Served {
  /** Without an allocation. */
  readonly isStranger: boolean;
  /** Whether it has bytes that it hasn't looked at. */
  readonly waits: boolean;
  /** Handles messages until they cost `most` or none is left. Never throws. @returns what they cost */
  serve(most: number): number;
}

interface StreamTurnsDeps {
  /** Calls `run` after every socket that is ready now has been read. */
  nextTurn: (run: () => void) => void;
}

/**
 * Fair shares of the event loop: one read of a socket can bring 3,000 requests, and handling all of them at once would keep
 * everybody's media waiting for 100 ms. Connections with more than their share wait, and take turns; strangers come last.
 */
export class StreamTurns {
  readonly #nextTurn: StreamTurnsDeps['nextTurn'];
  readonly #clients = new Set<Served>();
  readonly #strangers = new Set<Served>();
  #clientsLeft = 0;
  #strangersLeft = 0;
  #scheduled = false;

  constructor({ nextTurn }: StreamTurnsDeps) {
    this.#nextTurn = nextTurn;
  }

  /** Bytes came: handles what fits into this turn; the connection `waits` afterwards if that isn't all. */
  arrived(one: Served): void {
    if (!this.#scheduled) this.#begin();
    const { isStranger } = one;
    const queue = isStranger ? this.#strangers : this.#clients;
    const left = isStranger ? this.#strangersLeft : this.#clientsLeft;
    // Whoever has waited for longer goes first.
    const cost = queue.size === 0 && left > 0 ? one.serve(Math.min(left, ONE_COST)) : 0;
    if (isStranger) this.#strangersLeft -= cost;
    else this.#clientsLeft -= cost;
    this.#queueIfWaiting(one);
  }

  /** The connection is gone. */
  forget(one: Served): void {
    this.#clients.delete(one);
    this.#strangers.delete(one);
  }

  #begin(): void {
    this.#clientsLeft = CLIENTS_COST;
    this.#strangersLeft = STRANGERS_COST;
    this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#nextTurn(this.#turn);
  }

  readonly #turn = (): void => {
    this.#clientsLeft = this.#serve(this.#clients, CLIENTS_COST);
    this.#strangersLeft = this.#serve(this.#strangers, STRANGERS_COST);
    if (this.#clients.size + this.#strangers.size > 0) this.#schedule();
    else this.#scheduled = false;
  };

  /** One after the other until all is spent. @returns what is left */
  #serve(queue: Set<Served>, budget: number): number {
    let left = budget;
    for (const one of queue) {
      if (left <= 0) break;
      queue.delete(one);
      left -= one.serve(Math.min(left, ONE_COST));
      // At the end of its queue, which this loop comes to if there is anything left.
      this.#queueIfWaiting(one);
    }
    return left;
  }

  #queueIfWaiting(one: Served): void {
    if (one.waits) (one.isStranger ? this.#strangers : this.#clients).add(one);
  }
}
