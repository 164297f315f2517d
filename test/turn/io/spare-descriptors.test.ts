import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpareDescriptors } from '../../../src/turn/io/spare-descriptors.ts';

const open: number[] = [];
afterEach(() => {
  for (const descriptor of open.splice(0)) closeSync(descriptor);
});

describe('spare descriptors', () => {
  it('are a quarter of all that the process may have, at most 1,024', () => {
    const next = openSync(devNull, 'r');
    closeSync(next);
    // The descriptors in use are within three quarters of the first limit, and beyond those of the second.
    expect(createSpareDescriptors(Math.ceil(((next + 9) * 4) / 3))()).toBe(true);
    expect(createSpareDescriptors(Math.floor((next * 4) / 3))()).toBe(false);
    expect(createSpareDescriptors(1_024 + next + 5_000)()).toBe(true);
    expect(createSpareDescriptors(1_024 * 4 + next)()).toBe(true);
  });

  it('are used up when the process has opened that many, and available again when it closes them', () => {
    const next = openSync(devNull, 'r');
    closeSync(next);
    const hasSpare = createSpareDescriptors(Math.ceil(((next + 16) * 4) / 3));
    expect(hasSpare()).toBe(true);
    while (hasSpare() && open.length < 64) open.push(openSync(devNull, 'r'));
    expect(hasSpare()).toBe(false);
    for (const descriptor of open.splice(0)) closeSync(descriptor);
    expect(hasSpare()).toBe(true);
  });
});
