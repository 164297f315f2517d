import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * While this file is open, no core enters a sleep from which it takes longer to wake than the microseconds written to it.
 * @see https://docs.kernel.org/power/pm_qos_interface.html
 */
const WAKE_LATENCY = '/dev/cpu_dma_latency';

/** The processes to measure, by pid. */
interface Measured {
  readonly server: number;
  readonly client: number;
}

/** Keeps the bench itself, and children without a core of their own, off the servers' core. */
export function keepTo(core: number): void {
  const words = ['--all-tasks', '--cpu-list', '--pid', String(core), String(process.pid)];
  execFileSync('taskset', words, { stdio: 'ignore' });
}

/** Lets the bench's own threads run only if nothing else wants their core, because their work isn't measured. */
export async function stoodBack<Result>(measuring: () => Promise<Result>): Promise<Result> {
  schedule(process.pid, '--idle', 0);
  try {
    return await measuring();
  } finally {
    schedule(process.pid, '--other', 0);
  }
}

/**
 * Keeps other work on this machine from disturbing: the server's threads run before all others (`SCHED_FIFO`), the client
 * before most, and idle cores don't sleep, because on a virtual machine they take milliseconds to wake. It can't prevent
 * what the machine's host takes.
 * @returns whether the kernel allowed it
 */
export async function undisturbed<Result>(
  { server, client }: Measured,
  measuring: () => Promise<Result>,
): Promise<{ result: Result; wasUndisturbed: boolean }> {
  const release = holdCores(server, client);
  if (release === undefined) return { result: await measuring(), wasUndisturbed: false };
  try {
    return { result: await stoodBack(measuring), wasUndisturbed: true };
  } finally {
    release();
  }
}

/** @returns a function that ends it; undefined without root, or if the kernel doesn't support it */
function holdCores(server: number, client: number): (() => void) | undefined {
  const undo: (() => void)[] = [];
  const release = () => {
    for (const step of undo) step();
  };
  try {
    const held = openSync(WAKE_LATENCY, 'w');
    undo.push(() => closeSync(held));
    writeSync(held, new Uint8Array(new Int32Array([0]).buffer));
    schedule(server, '--fifo', 1);
    undo.push(() => schedule(server, '--other', 0));
    setPriority(client, -20);
    undo.push(() => setPriority(client, 0));
    return release;
  } catch {
    release();
    return undefined;
  }
}

function schedule(pid: number, policy: '--fifo' | '--idle' | '--other', priority: number): void {
  execFileSync('chrt', ['--all-tasks', policy, '--pid', String(priority), String(pid)], { stdio: 'ignore' });
}
