import type { Worker } from 'node:worker_threads';
import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { startThread } from '../../lib/own-files.ts';
import type { SqliteStore } from './open.ts';

/**
 * Changed rows between two checkpoints: about 10 MiB of write-ahead log. The more, the longer the main thread waits when
 * SQLite restarts the log: at 5,000 chat messages a second 100 ms with a checkpoint every 4 s, 5 ms with four a second.
 */
export const CHANGES_PER_CHECKPOINT = 1_000;
const LOOK_MS = 250;
/** A thread without work ends after this time: it holds 8 to 10 MB, as much as 4,000 idle sessions. */
const IDLE_MS = 60_000;

interface CheckpointsDeps {
  readonly path: string;
  readonly store: Pick<SqliteStore, 'changes'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Runs checkpoints in a worker thread. A checkpoint waits for the disk twice; in the main thread, a slow disk would stop
 * relaying for a second. The main thread still waits once whenever SQLite restarts the log.
 * @returns a function that ends the thread
 */
export function startCheckpoints({ path, store, clock, log }: CheckpointsDeps): () => Promise<void> {
  let thread: Worker | undefined;
  let isRunning = false;
  let folded = store.changes();
  let looksWithoutWork = 0;

  function start(): Worker {
    const worker = startThread('store/sqlite/checkpoint-thread', { workerData: path, name: 'checkpoints' });
    worker.unref();
    worker.on('message', (outcome: 'complete' | 'partial') => {
      isRunning = false;
      // SQLite restarts the log only after a complete checkpoint, so try again soon, between two writes.
      if (outcome === 'partial') folded = Number.NEGATIVE_INFINITY;
    });
    worker.on('error', (error) => {
      // The next look starts another thread; the log grows meanwhile.
      log.warn('a checkpoint of the database failed', { error: messageOf(error) });
      isRunning = false;
      thread = undefined;
    });
    return worker;
  }

  function end(): Promise<unknown> | undefined {
    const ended = thread?.terminate();
    thread = undefined;
    return ended;
  }

  const stop = clock.every(LOOK_MS, () => {
    if (isRunning) return;
    const changes = store.changes();
    if (changes - folded < CHANGES_PER_CHECKPOINT) {
      looksWithoutWork += 1;
      if (looksWithoutWork * LOOK_MS >= IDLE_MS) end();
      return;
    }
    looksWithoutWork = 0;
    folded = changes;
    isRunning = true;
    thread ??= start();
    thread.postMessage('checkpoint');
  });

  return async () => {
    stop();
    await end();
  };
}
