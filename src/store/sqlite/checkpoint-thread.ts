import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { Database } from './driver.ts';

/** Pages in the log, and how many of them are in the database now: sqlite.org/pragma.html#pragma_wal_checkpoint */
const Results = v.tuple([v.object({ log: v.number(), checkpointed: v.number() })]);

/** The thread of checkpoints.ts: copies the write-ahead log into the database whenever it gets a message. */
const database = new Database(v.parse(v.string(), workerData), { fileMustExist: true });

/** PASSIVE takes no lock that a writer needs. Pages written meanwhile are left for the next checkpoint. */
function checkpoint(): { log: number; checkpointed: number } {
  return v.parse(Results, database.pragma('wal_checkpoint(PASSIVE)'))[0];
}

parentPort?.on('message', () => {
  const { log } = checkpoint();
  // The second checkpoint is cheap and shows whether anything was written meanwhile.
  const after = checkpoint();
  parentPort?.postMessage(after.log === log && after.checkpointed === log ? 'complete' : 'partial');
});
