import { parentPort, workerData } from 'node:worker_threads';
import { askForMainThread } from '../../src/turn/giving-way.ts';

/** A thread that waits until the first one sleeps, says so, waits until it is at work again, and raises the flag. */

const flag: Int32Array = workerData;
const waits = askForMainThread();
if (waits === undefined) throw new Error('the system does not tell of the first thread');
while (waits());
parentPort?.postMessage('asleep');
while (!waits());
Atomics.store(flag, 0, 1);
