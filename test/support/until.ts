import { setImmediate as turn } from 'node:timers/promises';

/** For what only a look tells, such as another process's state. @param ms after which it fails */
export async function until(isSo: () => boolean, ms = 30_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${isSo}`);
    await turn();
  }
}
