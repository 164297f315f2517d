import { Counters, DENIALS, type RelayStats } from '../core/stats.ts';

/** Adds up the stats of successive threads, so that a restart doesn't reset them. */
export class StatsTotal {
  #before: RelayStats = new Counters().snapshot(0, 0);
  #thread: RelayStats = new Counters().snapshot(0, 0);

  /** Sets the stats of the current thread. */
  update(stats: RelayStats): void {
    this.#thread = stats;
  }

  threadEnded(): void {
    this.#before = this.now();
    this.#thread = new Counters().snapshot(0, 0);
  }

  now(): RelayStats {
    const before = this.#before;
    const thread = this.#thread;
    const denials = { ...thread.denials };
    for (const denial of DENIALS) denials[denial] += before.denials[denial];
    return {
      allocations: thread.allocations,
      connections: thread.connections,
      allocationsMade: before.allocationsMade + thread.allocationsMade,
      packetsUp: before.packetsUp + thread.packetsUp,
      bytesUp: before.bytesUp + thread.bytesUp,
      packetsDown: before.packetsDown + thread.packetsDown,
      bytesDown: before.bytesDown + thread.bytesDown,
      packetsInside: before.packetsInside + thread.packetsInside,
      bindings: before.bindings + thread.bindings,
      unauthorized: before.unauthorized + thread.unauthorized,
      unanswered: before.unanswered + thread.unanswered,
      denials,
    };
  }
}
