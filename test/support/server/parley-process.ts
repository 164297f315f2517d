import { BUILT } from './built.ts';
import { start } from './process.ts';
import { startFlags } from './start-flags.ts';

/** A built server as a process of its own. */
export interface ParleyProcess {
  /** `http://<HOST>:<PORT>` */
  readonly url: string;
  /** The process id; npm's, if npm started it. */
  readonly pid: number;
  /** Its output so far. */
  output(): string;
  /** Resolves when its output matches. */
  says(pattern: RegExp): Promise<void>;
  /** Sends a signal: SIGTERM drains it, SIGKILL is a power cut. Resolves when it has ended. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Runs a server as its users do; pass it as `within`. */
export const byNpmStart = () => ['npm', ['start']] as const;

/**
 * Resolves once it listens.
 * @param environment as a user would set it, with `DATABASE_PATH` and a `PORT` that it can use again
 * @param within how to run a program elsewhere, such as on a host of a test network
 */
export async function startParley(
  environment: Readonly<Record<string, string>>,
  within: (command: string, ...args: string[]) => readonly [command: string, args: readonly string[]] = (
    command,
    ...args
  ) => [command, args],
): Promise<ParleyProcess> {
  const settings = { HOST: '127.0.0.1', TURN: 'off', GUESTS_PER_MINUTE: '1000000', ...environment };
  const running = start(...within(process.execPath, ...startFlags(), BUILT), settings, within === byNpmStart);
  try {
    await running.says(/"message":"listening"/, 20_000);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return {
    url: `http://${settings.HOST}:${environment['PORT']}`,
    pid: running.pid,
    output: running.output,
    says: running.says,
    stop: (signal) => running.stop(signal),
  };
}
