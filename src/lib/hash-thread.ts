import { scryptSync } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type HashOrder, scryptOptions } from './hash-threads.ts';

/**
 * Nice value of a thread that hashes, from 0 (the default) to 19 (the lowest priority). On a core that is busy otherwise,
 * 10 still leaves it a tenth.
 */
const NICENESS = 10;

/** A thread of hash-threads.ts: computes a hash for each message. */
try {
  // On Linux this is the nice value of the calling thread, not of the process.
  if (process.platform === 'linux') setPriority(NICENESS);
} catch {
  // Not permitted: hashes and messages have the same priority.
}

parentPort?.on('message', ({ password, salt, bytes, cost }: HashOrder) => {
  parentPort?.postMessage(scryptSync(password, salt, bytes, scryptOptions(cost)));
});
