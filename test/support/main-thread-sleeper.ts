import { Worker } from 'node:worker_threads';

/** A program whose first thread sleeps until a second one has seen that, then works until that was seen too. */

const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const watcher = new Worker(new URL('main-thread-watcher.ts', import.meta.url), { workerData: flag });
watcher.once('message', () => {
  while (Atomics.load(flag, 0) === 0);
  console.log('slept, then was seen at work');
});
