import { closeSync, openSync, readFileSync } from 'node:fs';

/**
 * Returns the max number of open file descriptors of this process (`ulimit -n`); Infinity if there is no limit or it can't be read.
 * Node's diagnostic report tells it too, and takes 5 to 35 ms.
 */
export function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Returns the lowest free descriptor, Infinity if none can be opened. All below it are in use, because the kernel always
 * gives out the lowest; those above it may be in use or not.
 */
export function lowestFreeDescriptor(): number {
  try {
    const descriptor = openSync('/dev/null', 'r');
    closeSync(descriptor);
    return descriptor;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Returns whether `count` more descriptors can be opened, by opening them: 0.2 ms for 64. */
export function canOpen(count: number): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync('/dev/null', 'r'));
    return true;
  } catch {
    return false;
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
