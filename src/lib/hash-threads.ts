import type { ScryptOptions } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { startThread } from './own-files.ts';

/** Cost of a scrypt hash (RFC 7914): it takes 128 · 2^ln · r bytes; its time grows with all three. */
export interface HashCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

export interface HashOrder {
  readonly password: string;
  readonly salt: Uint8Array;
  /** Length of the hash. */
  readonly bytes: number;
  readonly cost: HashCost;
}

export function scryptOptions({ ln, r, p }: HashCost): ScryptOptions {
  return { N: 2 ** ln, r, p, maxmem: 2 * 128 * 2 ** ln * r };
}

/**
 * Computes hashes in threads of low priority. Node's own threads have the same priority as the main thread: beside a flood
 * of wrong passwords, messages of calls waited 100 ms for a core.
 */
export class HashThreads {
  readonly #all = new Set<Worker>();
  readonly #idle: Worker[] = [];

  /** Starts a thread if none is idle; whoever calls it bounds the number of hashes at once. */
  readonly derive = async (order: HashOrder): Promise<Buffer> => {
    const thread = this.#idle.pop() ?? this.#start();
    const hash = await answerOf(thread, order);
    this.#idle.push(thread);
    return hash;
  };

  /** Hashes that are being computed are rejected. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((thread) => thread.terminate()));
  }

  #start(): Worker {
    const thread = startThread('lib/hash-thread', { name: 'hashes' });
    thread.unref();
    this.#all.add(thread);
    thread.once('exit', () => {
      this.#all.delete(thread);
      const index = this.#idle.indexOf(thread);
      if (index !== -1) this.#idle.splice(index, 1);
    });
    return thread;
  }
}

function answerOf(thread: Worker, order: HashOrder): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      thread.off('message', answered).off('error', reject).off('exit', ended);
    };
    const answered = (hash: Uint8Array) => {
      settle();
      resolve(Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength));
    };
    // `exit` follows `error`, whose reason comes first.
    const ended = () => {
      settle();
      reject(new Error('the thread that hashes passwords has ended'));
    };
    thread.on('message', answered).on('error', reject).on('exit', ended);
    thread.postMessage(order);
  });
}
