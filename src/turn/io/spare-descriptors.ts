import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { descriptorLimit } from '../../lib/descriptors.ts';

/**
 * Max file descriptors that the relay leaves to the rest of the process, which is a quarter of them otherwise. Without any, HTTP,
 * WebSockets and the database stop, and attempts to accept connections keep a CPU core busy.
 */
const MAX_RESERVED = 1_024;

/**
 * Returns a function that tells whether the relay may open one more descriptor. The kernel gives out the lowest free number, so
 * a new descriptor's number is at most the count of those in use. Costs two system calls.
 * @param limit max descriptors of the process
 */
export function createSpareDescriptors(limit = descriptorLimit()): () => boolean {
  const most = limit - Math.min(MAX_RESERVED, Math.floor(limit / 4));
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
