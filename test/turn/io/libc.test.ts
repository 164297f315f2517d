import { describe, expect, it } from 'vitest';
import { loadLibc } from '../../../src/turn/io/libc.ts';

describe('the C library', () => {
  it('is available on the machines that Parley is built for', async () => {
    expect(loadLibc()).toMatchObject({ sendmmsg: expect.any(Function) });
  });

  it.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 'arm'],
  ] as const)('is not asked for on %s with %s: its structures are others there', async (platform, arch) => {
    expect(loadLibc(platform, arch)).toBe(`not made for ${platform} on ${arch}`);
  });

  it('says why a call failed', async () => {
    const libc = loadLibc();
    if (typeof libc === 'string') throw new Error(libc);
    expect(libc.close(-1)).toBe(-1);
    // EBADF
    expect(libc.errno()).toBe(9);
  });
});
