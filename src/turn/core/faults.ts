import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Counters } from './stats.ts';

/** Milliseconds between two faults that are logged: a packet that finds a fault can come a thousand times a second. */
const FAULT_LOG_MS = 1000;

interface FaultsDeps {
  log: Log;
  counters: Counters;
  /** Milliseconds of the monotonic clock. */
  now: () => number;
}

/**
 * Exceptions that are our own fault. Whoever handles a packet, a timer or a message of the parent thread catches them and
 * hands them in here: one packet must not end the thread and with it everybody's call.
 */
export class Faults {
  readonly #deps: FaultsDeps;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(deps: FaultsDeps) {
    this.#deps = deps;
  }

  /** `during`: what was being done; `fields`: what helps to do it again, never a payload or a secret. Never throws. */
  caught(error: unknown, during: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const { log, counters, now } = this.#deps;
    counters.denials.fault++;
    if (now() < this.#quietUntil) {
      this.#unlogged++;
      return;
    }
    this.#quietUntil = now() + FAULT_LOG_MS;
    const unlogged = this.#unlogged;
    this.#unlogged = 0;
    log.error('turn: an exception was caught; please report it', {
      during,
      ...fields,
      ...(unlogged > 0 ? { unlogged } : {}),
      error: error instanceof Error ? error : messageOf(error),
    });
  }
}

/** The first bytes of a packet in hex: type and length, no payload. */
export function headOf(buffer: Buffer, offset: number, length: number): string {
  return buffer.toString('hex', offset, offset + Math.min(length, 4));
}
