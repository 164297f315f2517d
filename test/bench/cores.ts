import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';

/** https://docs.kernel.org/power/pm_qos_interface.html: while it is open, no core sleeps longer than was written. */
const WAKE_LATENCY = '/dev/cpu_dma_latency';

/** Processes that are measured, by pid. */
interface Measured {
  readonly server: number;
  readonly client: number;
}

/** Keeps the bench itself, and what it starts without saying where, off the servers' core. */
export function keepTo(core: number): void {
  const words = ['--all-tasks', '--cpu-list', '--pid', String(core), String(process.pid)];
  execFileSync('taskset', words, { stdio: 'ignore' });
}

/** The bench's own threads only when nothing else wants their core: no work of theirs is measured. */
export async function stoodBack<Result>(measuring: () => Promise<Result>): Promise<Result> {
  schedule(process.pid, '--idle', 0);
  try {
    return await measuring();
  } finally {
    schedule(process.pid, '--other', 0);
  }
}

/**
 * Keeps the machine's other work away: the server's threads come before all others (`SCHED_FIFO`), the client before
 * most, and idle cores don't sleep, as on a rented machine they come back milliseconds after they were called. What the
 * machine's host takes is left.
 * @returns whether the kernel let us
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

/** @returns what ends it; undefined where we are not root, or the kernel has no such thing */
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
