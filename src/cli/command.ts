import type { Environment } from '../config/config.ts';

/** A command of `parley`, in a file of its own under its name. */
export interface Command {
  /** Its lines in `parley help`. */
  readonly help: string;
  /**
   * @param argv what follows the command's name
   * @returns the exit code
   * @throws UsageError; StartError if a setting or argument is wrong
   */
  run(argv: readonly string[], environment: Environment): Promise<number>;
}

/** The command line wasn't understood; the help should be shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(command: string) {
    super(`parley knows no command "${command}"`);
  }
}
