/** This many exceptions within this many milliseconds end the thread, so that another starts with a clean state. */
const MAX_EXCEPTIONS = 10;
const WINDOW_MS = 60_000;

interface SurviveExceptionsDeps {
  /** The thread's `process`. */
  thread: Pick<NodeJS.EventEmitter, 'on'> & { exit(code: number): void };
  report(error: unknown, during: string): void;
  /** Milliseconds of the monotonic clock. */
  now: () => number;
}

/**
 * Reports exceptions of socket callbacks, timers and promises that nothing else caught, and keeps the thread running, because
 * each of them would end every relayed call.
 */
export function surviveExceptions({ thread, report, now }: SurviveExceptionsDeps): void {
  const times: number[] = [];
  const survive = (error: unknown): void => {
    report(error, 'a callback of the thread');
    times.push(now());
    while ((times[0] ?? 0) <= now() - WINDOW_MS) times.shift();
    if (times.length >= MAX_EXCEPTIONS) thread.exit(1);
  };
  thread.on('uncaughtException', survive);
  thread.on('unhandledRejection', survive);
}
