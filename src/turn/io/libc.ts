import type { default as Koffi } from 'koffi';
import { messageOf } from '../../domain/errors.ts';
import { loadPackage } from '../../lib/packages.ts';

/**
 * C library functions that Node doesn't offer, mainly recvmmsg(2) and sendmmsg(2), which pass many datagrams per system call. A
 * call costs 0.3 µs besides the kernel's time. Memory is given by its address.
 */
export interface Libc {
  /** @returns a descriptor, or -1 with `errno` */
  socket(family: number, type: number, protocol: number): number;
  /** @returns 0, or -1 with `errno` */
  bind(descriptor: number, name: number, nameBytes: number): number;
  setsockopt(descriptor: number, level: number, option: number, value: number, valueBytes: number): number;
  close(descriptor: number): number;
  /** @returns how many of `struct mmsghdr[count]` at `vector` were filled, or -1 if none */
  recvmmsg(descriptor: number, vector: number, count: number, flags: number, timeout: 0): number;
  /** @returns how many were sent before the first that can't be, or -1 if that is the first one */
  sendmmsg(descriptor: number, vector: number, count: number, flags: number): number;
  /** @returns the index of a network interface, or 0 if none has that name */
  if_nametoindex(name: string): number;
  /** @param name room for 16 bytes. @returns the interface's name, or null if none has that index */
  if_indextoname(index: number, name: number): string | null;
  /** Reads a thread's scheduling attributes as `struct sched_attr`. @returns 0, or -1 with `errno` */
  sched_getattr(thread: number, attributes: number, bytes: number): number;
  sched_setattr(thread: number, attributes: number): number;
  /** Error number of the last failed call. */
  errno(): number;
  /** Address of the memory, valid as long as JavaScript keeps a reference to it. */
  addressOf(memory: Uint8Array): number;
}

/** Flag of recvmmsg and sendmmsg: don't block. */
export const MSG_DONTWAIT = 0x40;

/**
 * Architectures whose structures have the layout that this folder assumes (64 bits, little-endian), with the system call numbers
 * of sched_getattr and sched_setattr, which older C libraries have no function for.
 */
const SYSTEM_CALLS = new Map<string, { getattr: number; setattr: number }>([
  ['x64', { getattr: 315, setattr: 314 }],
  ['arm64', { getattr: 275, setattr: 274 }],
]);

/** Loads the C library. @returns the reason as a sentence fragment if there is none */
export function loadLibc(platform = process.platform, arch = process.arch): Libc | string {
  const calls = SYSTEM_CALLS.get(arch);
  if (platform !== 'linux' || calls === undefined) return `not made for ${platform} on ${arch}`;
  try {
    return libcBy(loadKoffi(), calls);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** @throws what `require` throws */
export function koffiVersion(): string {
  return loadKoffi().version;
}

/** @throws what `require` throws */
function loadKoffi(): typeof Koffi {
  const koffi = loadPackage('koffi');
  if (!isKoffi(koffi)) throw new Error('koffi is not what it was');
  return koffi;
}

function isKoffi(value: unknown): value is typeof Koffi {
  return typeof value === 'object' && value !== null && 'load' in value && 'address' in value;
}

function libcBy(koffi: typeof Koffi, { getattr, setattr }: { getattr: number; setattr: number }): Libc {
  // null: the C library that Node itself uses, glibc or musl.
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
