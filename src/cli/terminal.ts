/** Writes a line to standard output. @returns exit code 0 */
export function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Writes a line for people to standard error; the log goes to standard output. */
export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Keeps the process alive when the reader of its output goes away: without a listener, EPIPE is an uncaught exception,
 * and logging that exception raises the next one.
 */
export function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
