import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { CopyDatabase } from '../backup/backups.ts';
import type { Environment } from '../config/config.ts';
import { ownProgram } from '../lib/own-files.ts';

/** As for threads that hash: on a core that is busy otherwise, 10 still leaves it a tenth. */
const NICENESS = 10;
/** Characters of what the child says that are kept. */
const MAX_WORDS = 2_000;

/**
 * Makes backups by `parley backup` in a process of its own. Copying and checking take the disk and the core for seconds to
 * minutes, and only a process can be stopped in the middle of SQLite's check.
 */
export function backUpInChild(environment: Environment): CopyDatabase {
  return async (path, file, signal) => {
    const [program, ...args] = ownProgram();
    const child = spawn(program, [...args, 'backup', file], {
      env: { ...environment, DATABASE_PATH: path },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    beNice(child);
    await success(child);
  };
}

function beNice({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // It has ended already, or it isn't permitted: then the backup has the server's priority.
  }
}

/** Rejects with what the child said if it didn't succeed. */
function success(child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(0, MAX_WORDS);
  });
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
      if (child.pid === undefined) reject(error);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          failure ?? new Error(words.trim() || `parley backup was ended by ${signal ?? `code ${code}`}`),
        );
    });
  });
}
