import { Buffer } from 'node:buffer';
import { ParleyError } from '../../domain/errors.ts';

/** Max bytes of one request body [HT5]. */
export const BODY_BYTES = 65_536;
/** Max bytes of all request bodies held at once; beyond, a request gets 503. */
export const BODIES_BYTES = 67_108_864;

const FIRST_BYTES = 1_024;

/** Counts the bytes of all bodies that are held. */
export interface Budget {
  /** Returns false, and takes nothing, if fewer bytes are left. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBudget(max: number = BODIES_BYTES): Budget {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > max) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
  };
}

/** One body as it arrives: a single buffer that grows with the received bytes, not with Content-Length. */
export interface BodyBuffer {
  /** Copies `chunk`. @throws ParleyError `too_large`, `unavailable` */
  add(chunk: ArrayBuffer): void;
  /** Returns all that was added; valid until `release`. */
  bytes(): Uint8Array;
  /** Frees the body and returns its bytes to the budget. */
  release(): void;
}

export function createBodyBuffer(budget: Budget): BodyBuffer {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    add(chunk) {
      const needed = length + chunk.byteLength;
      if (needed > BODY_BYTES) throw tooLarge();
      if (needed > buffer.length) {
        const size = Math.min(BODY_BYTES, Math.max(FIRST_BYTES, 2 ** Math.ceil(Math.log2(needed))));
        if (!budget.take(size - buffer.length)) throw overBudget();
        const larger = Buffer.alloc(size);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      buffer.set(new Uint8Array(chunk), length);
      length = needed;
    },
    bytes: () => buffer.subarray(0, length),
    release() {
      budget.give(buffer.length);
      buffer = Buffer.alloc(0);
      length = 0;
    },
  };
}

export function tooLarge(): ParleyError {
  return new ParleyError('too_large', `The body must have at most ${BODY_BYTES} bytes. Send a smaller one.`, {
    limit: 'body',
  });
}

function overBudget(): ParleyError {
  return new ParleyError('unavailable', 'Too many requests are being read. Try again in a moment.', {
    retryAfterMs: 1_000,
    limit: 'bodies_waiting',
  });
}
