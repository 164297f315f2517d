// For `node --import` in a server under test: tells the test, over its channel, what the process holds.
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface Health {
  /** Resident bytes after a garbage collection. */
  readonly rss: number;
  readonly heap: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  /** What keeps the event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

process.on('message', () => void tell());
process.on('disconnect', () => process.exit(1));

async function tell(): Promise<void> {
  // Pages that a collection frees go back to the system a little later.
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await pause(50);
  }
  process.send?.(measure());
}

function measure(): Health {
  const { rss, heapUsed } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  // Reading the folder takes a descriptor itself.
  return { rss, heap: heapUsed, descriptors: readdirSync('/proc/self/fd').length - 1, resources };
}
