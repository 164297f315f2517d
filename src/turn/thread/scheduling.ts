import { availableParallelism, setPriority } from 'node:os';
import type { Libc } from '../io/libc.ts';

/**
 * Of the relay's thread; 0 is everybody's, 19 the most patient. With one core for all, a relay at 10 still has a tenth
 * of it, or some 25,000 packets a second, while signaling takes all it can get. With more cores the scheduler moves
 * whoever waits.
 */
const NICENESS = availableParallelism() === 1 ? 10 : 5;
/**
 * Nanoseconds that the main thread asks to run for at a time, the least there is. Linux from 6.12 lets a thread that is
 * woken take the core at once from one that asks for longer; else it may wait for milliseconds until a flooded relay's
 * turn is over. Who gets how much of the core stays as it is.
 */
const SLICE_NS = 100_000n;

/** Of `struct sched_attr`, see sched_setattr(2). */
const SCHED_ATTR_BYTES = 48;
const POLICY_AT = 4;
const RUNTIME_AT = 24;
const SCHED_OTHER = 0;

/**
 * To be called by the relay's thread: has the one that answers WebSockets go first where a core is too busy for both.
 * What the system does not permit is left as it was: both are equals then.
 */
export function letSignalingFirst(libc: Libc | undefined): void {
  if (process.platform !== 'linux') return;
  try {
    // Linux: of the calling thread, not of the process.
    setPriority(NICENESS);
  } catch {
    // Not permitted.
  }
  // The main thread has the number of the process.
  if (libc !== undefined) shortenTurns(libc, process.pid);
}

function shortenTurns(libc: Libc, thread: number): void {
  const attributes = Buffer.allocUnsafeSlow(SCHED_ATTR_BYTES);
  const at = libc.addressOf(attributes);
  if (libc.sched_getattr(thread, at, SCHED_ATTR_BYTES) !== 0) return;
  // Somebody has given the process another policy: theirs.
  if (attributes.readUInt32LE(POLICY_AT) !== SCHED_OTHER) return;
  attributes.writeBigUInt64LE(SLICE_NS, RUNTIME_AT);
  libc.sched_setattr(thread, at);
}
