import type { default as Koffi } from 'koffi';
import { messageOf } from '../../domain/errors.ts';

/**
 * The C library's calls that Node has no name for, above all recvmmsg(2) and sendmmsg(2): many datagrams for the price
 * of one call. A call costs 0.3 µs beside the kernel's own time. Memory is named by its address.
 */
export interface Libc {
  /** @returns a descriptor; -1: see `errno` */
  socket(family: number, type: number, protocol: number): number;
  /** @returns 0; -1: see `errno` */
  bind(descriptor: number, name: number, nameBytes: number): number;
  setsockopt(descriptor: number, level: number, option: number, value: number, valueBytes: number): number;
  close(descriptor: number): number;
  /** @returns how many of `struct mmsghdr[count]` at `vector` were filled; -1: none */
  recvmmsg(descriptor: number, vector: number, count: number, flags: number, timeout: 0): number;
  /** @returns how many of them were sent: one that can't be ends it. -1: the first can't be */
  sendmmsg(descriptor: number, vector: number, count: number, flags: number): number;
  /** @returns the number of a network interface; 0: none has that name */
  if_nametoindex(name: string): number;
  /** @param name 16 bytes for it. @returns the name; null: no interface has that number */
  if_indextoname(index: number, name: number): string | null;
  /** How the kernel schedules a thread, as `struct sched_attr`. @returns 0; -1: see `errno` */
  sched_getattr(thread: number, attributes: number, bytes: number): number;
  sched_setattr(thread: number, attributes: number): number;
  /** Why the last call failed. */
  errno(): number;
  /** Where the bytes lie. They stay there as long as JavaScript holds on to them, and no longer. */
  addressOf(memory: Uint8Array): number;
}

/** A call's flag: take or send what can be at once. */
export const MSG_DONTWAIT = 0x40;

/**
 * Those whose structures have the layout that this folder writes: 64 bits, lower byte first. With the numbers of two
 * calls that C libraries have had no name for until lately.
 */
const SYSTEM_CALLS = new Map<string, { getattr: number; setattr: number }>([
  ['x64', { getattr: 315, setattr: 314 }],
  ['arm64', { getattr: 275, setattr: 274 }],
]);

/** @returns in place of the library the reason why there is none */
export async function loadLibc(platform = process.platform, arch = process.arch): Promise<Libc | string> {
  const calls = SYSTEM_CALLS.get(arch);
  if (platform !== 'linux' || calls === undefined) return `not made for ${platform} on ${arch}`;
  try {
    const { default: koffi } = await import('koffi');
    return libcBy(koffi, calls);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function libcBy(koffi: typeof Koffi, { getattr, setattr }: { getattr: number; setattr: number }): Libc {
  // null: the library that Node itself runs on, be it glibc or musl.
  const library = koffi.load(null);
  const syscall = library.func('long syscall(long, int, uintptr_t, uint32_t, uint32_t)');
  return {
    socket: library.func('int socket(int, int, int)'),
    bind: library.func('int bind(int, uintptr_t, uint32_t)'),
    setsockopt: library.func('int setsockopt(int, int, int, uintptr_t, uint32_t)'),
    close: library.func('int close(int)'),
    recvmmsg: library.func('int recvmmsg(int, uintptr_t, uint32_t, int, uintptr_t)'),
    sendmmsg: library.func('int sendmmsg(int, uintptr_t, uint32_t, int)'),
    if_nametoindex: library.func('uint32_t if_nametoindex(str)'),
    if_indextoname: library.func('str if_indextoname(uint32_t, uintptr_t)'),
    sched_getattr: (thread, attributes, bytes) => syscall(getattr, thread, attributes, bytes, 0),
    sched_setattr: (thread, attributes) => syscall(setattr, thread, attributes, 0, 0),
    errno: () => koffi.errno(),
    addressOf: (memory) => Number(koffi.address(memory)),
  };
}
