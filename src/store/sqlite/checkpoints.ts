import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { SqliteStore } from './open.ts';

/** Changed rows after which the write-ahead log is folded into the database: some 20 MiB of log. */
export const CHANGES_PER_CHECKPOINT = 2_000;
const LOOK_MS = 1_000;

interface CheckpointsDeps {
  readonly path: string;
  readonly store: Pick<SqliteStore, 'changes'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Checkpoints in a thread of their own. A checkpoint waits for the disk twice; in the main thread, on a slow disk,
 * that is a second in which no message is relayed. What remains there is one wait each time that SQLite begins the
 * log anew.
 * @returns ends the thread
 */
export function startCheckpoints({ path, store, clock, log }: CheckpointsDeps): () => Promise<void> {
  let thread: Worker | undefined;
  let isRunning = false;
  let folded = store.changes();

  function start(): Worker {
    // Compiled, the thread's file ends in .js; under a test runner that reads the source, in .ts.
    const file = new URL(`./checkpoint-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: path, name: 'checkpoints' });
    worker.unref();
    worker.on('message', (outcome: 'whole' | 'partial') => {
      isRunning = false;
      // SQLite begins the log anew only after a whole one, so try again soon, between two writes.
      if (outcome === 'partial') folded = Number.NEGATIVE_INFINITY;
    });
    worker.on('error', (error) => {
      // The next look starts another; meanwhile the log grows.
      log.warn('a checkpoint of the database failed', { error: messageOf(error) });
      isRunning = false;
      thread = undefined;
    });
    return worker;
  }

  const stop = clock.every(LOOK_MS, () => {
    const changes = store.changes();
    if (isRunning || changes - folded < CHANGES_PER_CHECKPOINT) return;
    folded = changes;
    isRunning = true;
    thread ??= start();
    thread.postMessage('checkpoint');
  });

  return async () => {
    stop();
    await thread?.terminate();
  };
}
