import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/**
 * Descriptors of the process that the relay leaves to the others: a quarter of all, at most so many. Without any left
 * HTTP, WebSockets and the database stand still, and accepting connections takes all of a processor.
 */
const RESERVED = 1_024;

/**
 * Whether the relay may open one more descriptor. The kernel gives out the lowest number that is free, so the number of a
 * fresh one says how many are in use at least; that costs two system calls.
 * @param limit descriptors that the process may have
 */
export function createSpareDescriptors(limit = descriptorLimit()): () => boolean {
  const most = limit - Math.min(RESERVED, Math.floor(limit / 4));
  return () => {
    try {
      const next = openSync(devNull, 'r');
      closeSync(next);
      return next < most;
    } catch {
      return false;
    }
  };
}

/** What `ulimit -n` says for this process; infinity if the system doesn't tell. */
export function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
