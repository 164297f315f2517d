import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Counters } from './stats.ts';

/** Min milliseconds between two logged faults: a packet that triggers one can come a thousand times a second. */
const FAULT_LOG_MS = 1000;

interface FaultsDeps {
  log: Log;
  counters: Counters;
  /** Milliseconds of the monotonic clock. */
  now: () => number;
}

/**
 * Counts and logs exceptions that are bugs of the relay. Whoever handles a packet, a timer or a message of the parent thread
 * catches them and reports them here, because one packet must not end the thread and everyone's call with it.
 */
export class Faults {
  readonly #deps: FaultsDeps;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(deps: FaultsDeps) {
    this.#deps = deps;
  }

  /**
   * Never throws.
   * @param during what the relay was doing
   * @param fields what helps to reproduce the fault; never a payload or a secret
   */
  report(error: unknown, during: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const { log, counters, now } = this.#deps;
    counters.denials.fault++;
    if (now() < this.#quietUntil) {
      this.#unlogged++;
      return;
    }
    this.#quietUntil = now() + FAULT_LOG_MS;
    const unlogged = this.#unlogged;
    this.#unlogged = 0;
    log.error('turn: caught an exception; please report it', {
      during,
      ...fields,
      ...(unlogged > 0 ? { unlogged } : {}),
      error: error instanceof Error ? error : messageOf(error),
    });
  }

  /** Runs `task`; reports its exception instead of throwing, so that a fault in one part doesn't stop the others. */
  guard(during: string, task: () => void): void {
    try {
      task();
    } catch (error) {
      this.report(error, during);
    }
  }
}
