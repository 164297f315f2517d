/** So many exceptions within so many milliseconds end the thread: another one starts with a state that is whole. */
const FAULTS = 10;
const FAULTS_MS = 60_000;

interface OutliveFaultsDeps {
  /** The thread's `process`. */
  thread: Pick<NodeJS.EventEmitter, 'on'> & { exit(code: number): void };
  caught(error: unknown, during: string): void;
  /** Milliseconds of the monotonic clock. */
  now: () => number;
}

/**
 * The last net under the thread: exceptions of socket callbacks, timers and promises that no packet's handling has caught.
 * Without it each of them ends every relayed call.
 */
export function outliveFaults({ thread, caught, now }: OutliveFaultsDeps): void {
  const times: number[] = [];
  const outlive = (error: unknown): void => {
    caught(error, 'a callback of the thread');
    times.push(now());
    while ((times[0] ?? 0) <= now() - FAULTS_MS) times.shift();
    if (times.length >= FAULTS) thread.exit(1);
  };
  thread.on('uncaughtException', outlive);
  thread.on('unhandledRejection', outlive);
}
