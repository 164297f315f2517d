import { readFileSync, readlinkSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { loadLibc } from '../../../src/turn/io/libc.ts';
import { prioritizeSignaling } from '../../../src/turn/thread/scheduling.ts';

/** Starts a thread that gives the main one priority; prints `{"main":[policy, nice value, time slice in ns],"niceness":…}`. */
const ATTRIBUTES = 48;
const libc = loadLibc();
if (typeof libc === 'string') throw new Error(libc);

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url));
  thread.once('message', (niceness: number) => {
    const memory = Buffer.allocUnsafeSlow(ATTRIBUTES);
    libc.sched_getattr(process.pid, libc.addressOf(memory), ATTRIBUTES);
    const main = [memory.readUInt32LE(4), memory.readInt32LE(16), Number(memory.readBigUInt64LE(24))];
    process.stdout.write(`${JSON.stringify({ main, niceness })}\n`);
  });
} else {
  prioritizeSignaling(libc);
  const self = readlinkSync('/proc/thread-self').split('/').at(-1);
  const stat = readFileSync(`/proc/self/task/${self}/stat`, 'utf8');
  // The 17th field after the name in parentheses.
  parentPort?.postMessage(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
}
