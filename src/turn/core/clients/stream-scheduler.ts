/**
 * Cost that one turn of the event loop may spend on streams, in units of about 10 µs (see `costOf`): 64 datagrams or 16
 * requests of clients with an allocation, 4 requests of clients without. Between two turns every readable UDP socket is served.
 */
const ALLOCATED_BUDGET = 64;
const PENDING_BUDGET = 16;
/** Max cost of one connection before the next one's turn. */
const CONNECTION_BUDGET = 16;

/** A connection whose messages are handled a few at a time. */
export interface ScheduledStream {
  readonly hasAllocation: boolean;
  /** Whether it has bytes that weren't looked at yet. */
  readonly hasInput: boolean;
  /** Handles messages until they cost `budget` or none is left. Never throws. @returns what they cost */
  serve(budget: number): number;
}

interface StreamSchedulerDeps {
  /** Calls `run` after every socket that is ready now has been read. */
  nextTurn: (run: () => void) => void;
}

/**
 * Shares the event loop fairly among streams. One read can bring 3,000 requests, and handling them all at once would delay
 * everyone's media by 100 ms. Connections with more than their share take turns; those without an allocation come last.
 */
export class StreamScheduler {
  readonly #nextTurn: StreamSchedulerDeps['nextTurn'];
  readonly #allocated = new Set<ScheduledStream>();
  readonly #pending = new Set<ScheduledStream>();
  #allocatedLeft = 0;
  #pendingLeft = 0;
  #scheduled = false;

  constructor({ nextTurn }: StreamSchedulerDeps) {
    this.#nextTurn = nextTurn;
  }

  /** Handles what fits into this turn and queues the stream for the next if input remains. */
  inputArrived(stream: ScheduledStream): void {
    if (!this.#scheduled) this.#startTurn();
    const { hasAllocation } = stream;
    const queue = hasAllocation ? this.#allocated : this.#pending;
    const left = hasAllocation ? this.#allocatedLeft : this.#pendingLeft;
    // Streams that already wait go first.
    const cost = queue.size === 0 && left > 0 ? stream.serve(Math.min(left, CONNECTION_BUDGET)) : 0;
    if (hasAllocation) this.#allocatedLeft -= cost;
    else this.#pendingLeft -= cost;
    this.#queueIfInputRemains(stream);
  }

  /** Forgets a closed connection. */
  remove(stream: ScheduledStream): void {
    this.#allocated.delete(stream);
    this.#pending.delete(stream);
  }

  #startTurn(): void {
    this.#allocatedLeft = ALLOCATED_BUDGET;
    this.#pendingLeft = PENDING_BUDGET;
    this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#nextTurn(this.#runTurn);
  }

  readonly #runTurn = (): void => {
    this.#allocatedLeft = this.#serve(this.#allocated, ALLOCATED_BUDGET);
    this.#pendingLeft = this.#serve(this.#pending, PENDING_BUDGET);
    if (this.#allocated.size + this.#pending.size > 0) this.#schedule();
    else this.#scheduled = false;
  };

  /** Serves one stream after another until the budget is spent. Returns the rest of the budget. */
  #serve(queue: Set<ScheduledStream>, budget: number): number {
    let left = budget;
    for (const stream of queue) {
      if (left <= 0) break;
      queue.delete(stream);
      left -= stream.serve(Math.min(left, CONNECTION_BUDGET));
      // Goes to the end of the queue, which this loop reaches if budget is left.
      this.#queueIfInputRemains(stream);
    }
    return left;
  }

  #queueIfInputRemains(stream: ScheduledStream): void {
    if (stream.hasInput) (stream.hasAllocation ? this.#allocated : this.#pending).add(stream);
  }
}
