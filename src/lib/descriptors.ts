import { closeSync, openSync } from 'node:fs';
import * as v from 'valibot';

const Report = v.object({
  userLimits: v.object({ open_files: v.object({ soft: v.union([v.number(), v.string()]) }) }),
});

/** Returns the max number of open file descriptors of this process; Infinity if there is no limit or it can't be read. */
export function descriptorLimit(): number {
  const report = v.safeParse(Report, process.report?.getReport());
  if (!report.success) return Number.POSITIVE_INFINITY;
  const { soft } = report.output.userLimits.open_files;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
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
