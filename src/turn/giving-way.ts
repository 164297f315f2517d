import { openSync, readSync } from 'node:fs';
import type { DatagramReceiver } from './core/relay-io.ts';

/**
 * Signaling and the relay with one core between them. The kernel lets signaling in at once, as the relay's thread is
 * the most patient one, but for about one time in a hundred: then it finds that the relay has not had its turn yet,
 * and looks again at its next tick, up to 4 ms later (EEVDF's slices; traced under Linux 6.18). So a flooded relay
 * looks for itself whether signaling waits, and sleeps for a moment if it does.
 */

/** Packets between two looks: 0.2 ms of work. A look takes 2 µs. */
const PACKETS = 24;
/** Milliseconds; the kernel makes 0.07 of it, in which signaling answers a message. */
const REST_MS = 0.001;
/** What Linux says of a thread that has a core or waits for one; of others, what they sleep in. */
const RUNNING = Buffer.from('running');

/** Whether another thread waits for a core. */
export type Waits = () => boolean;

/**
 * Asks Linux for the process's first thread, which is signaling's; for a thread that has the only core.
 * @returns undefined where the system does not tell
 */
export function askForMainThread(): Waits | undefined {
  const said = Buffer.alloc(RUNNING.length);
  try {
    const file = openSync(`/proc/self/task/${process.pid}/syscall`, 'r');
    readSync(file, said, 0, said.length, 0);
    return () => isRunning(file, said);
  } catch {
    return undefined;
  }
}

/** @param said for what the file says */
function isRunning(file: number, said: Buffer): boolean {
  try {
    return readSync(file, said, 0, said.length, 0) === said.length && said.equals(RUNNING);
  } catch {
    // The process is about to end.
    return false;
  }
}

/** The relay's side of it. */
export class GivingWay {
  readonly #waits: Waits;
  readonly #sleep: (ms: number) => void;
  #left = PACKETS;

  constructor(waits: Waits, sleep: (ms: number) => void = sleepThread) {
    this.#waits = waits;
    this.#sleep = sleep;
  }

  /** A receiver that does the same, and gives way after every few packets. */
  after(receiver: DatagramReceiver): DatagramReceiver {
    return {
      datagram: (buffer, address, port) => {
        receiver.datagram(buffer, address, port);
        this.#packet();
      },
    };
  }

  #packet(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#left = PACKETS;
    if (this.#waits()) this.#sleep(REST_MS);
  }
}

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function sleepThread(ms: number): void {
  Atomics.wait(never, 0, 0, ms);
}
