import { availableParallelism, setPriority } from 'node:os';
import type { Libc } from '../io/libc.ts';

/**
 * Nice value of the relay's thread, from 0 (the default) to 19 (the lowest priority). On a single core, 10 still leaves the relay
 * a tenth of it, or about 25,000 packets per second, while signaling takes all it can. With several cores the scheduler can move
 * a waiting thread to another one.
 */
const NICENESS = availableParallelism() === 1 ? 10 : 5;
/**
 * Time slice that the main thread asks for in nanoseconds, the shortest possible. Since Linux 6.12 a thread that wakes up preempts
 * one with a longer slice; otherwise it may wait milliseconds until a flooded relay's slice is over. Shares of the core don't
 * change.
 */
const SLICE_NS = 100_000n;

/** Size and offsets of `struct sched_attr`, see sched_setattr(2). */
const SCHED_ATTR_BYTES = 48;
const POLICY_AT = 4;
const RUNTIME_AT = 24;
const SCHED_OTHER = 0;

/**
 * Gives the main thread, which answers WebSockets, priority over the calling thread when a core is too busy for both. Without
 * permission from the system, they stay equal.
 */
export function prioritizeSignaling(libc: Libc | undefined): void {
  if (process.platform !== 'linux') return;
  try {
    // On Linux this is the nice value of the calling thread, not of the process.
    setPriority(NICENESS);
  } catch {
    // Not permitted.
  }
  // The main thread's id is the process id.
  if (libc !== undefined) shortenSlice(libc, process.pid);
}

function shortenSlice(libc: Libc, thread: number): void {
  const attributes = Buffer.allocUnsafeSlow(SCHED_ATTR_BYTES);
  const at = libc.addressOf(attributes);
  if (libc.sched_getattr(thread, at, SCHED_ATTR_BYTES) !== 0) return;
  // Keeps a policy that was set from outside.
  if (attributes.readUInt32LE(POLICY_AT) !== SCHED_OTHER) return;
  attributes.writeBigUInt64LE(SLICE_NS, RUNTIME_AT);
  libc.sched_setattr(thread, at);
}
