import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { Database } from './driver.ts';

/** Pages of log as it began, and how many are in the database now: sqlite.org/pragma.html#pragma_wal_checkpoint */
const Results = v.tuple([v.object({ log: v.number(), checkpointed: v.number() })]);

/** The thread of checkpoints.ts: folds the write-ahead log into the database each time it is told to. */
const database = new Database(v.parse(v.string(), workerData), { fileMustExist: true });

/** PASSIVE takes no lock that a writer needs. What is written meanwhile is left for the next time. */
function checkpoint(): { log: number; checkpointed: number } {
  return v.parse(Results, database.pragma('wal_checkpoint(PASSIVE)'))[0];
}

parentPort?.on('message', () => {
  const { log } = checkpoint();
  // The second finds out whether anything was written meanwhile, and has little to do.
  const after = checkpoint();
  parentPort?.postMessage(after.log === log && after.checkpointed === log ? 'whole' : 'partial');
});
