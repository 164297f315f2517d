import koffi from 'koffi';
import { describe, expect, it } from 'vitest';
import { loadLibc } from '../../../src/turn/io/libc.ts';
import { MessageVector } from '../../../src/turn/io/message-vector.ts';
import { NAME_BYTES, NAME_WORDS } from '../../../src/turn/io/socket-names.ts';

const libc = loadLibc();
if (typeof libc === 'string') throw new Error(`batches of datagrams can't be tested: ${libc}`);

// The structures of <sys/socket.h>, laid out by koffi.
const iovec = koffi.struct('iovec', { iov_base: 'uintptr_t', iov_len: 'size_t' });
const msghdr = koffi.struct('msghdr', {
  msg_name: 'uintptr_t',
  msg_namelen: 'uint32_t',
  msg_iov: 'uintptr_t',
  msg_iovlen: 'size_t',
  msg_control: 'uintptr_t',
  msg_controllen: 'size_t',
  msg_flags: 'int',
});
const mmsghdr = koffi.struct('mmsghdr', { msg_hdr: msghdr, msg_len: 'unsigned int' });

const COUNT = 3;
const STRIDE = 128;

function headerAt(vector: MessageVector, index: number) {
  const { msg_hdr, msg_len } = koffi.decode(BigInt(vector.at(index)), mmsghdr);
  const part = koffi.decode(BigInt(msg_hdr.msg_iov), iovec);
  return { header: msg_hdr, received: msg_len, part };
}

describe('a vector of messages', () => {
  it('lies in memory as the C library’s structures do', () => {
    const vector = new MessageVector(libc, COUNT, STRIDE);
    const names = libc.addressOf(new Uint8Array(vector.names.buffer));
    for (let index = 0; index < COUNT; index++) {
      const { header, received, part } = headerAt(vector, index);
      expect(header).toMatchObject({
        msg_name: names + index * NAME_BYTES,
        msg_namelen: NAME_BYTES,
        msg_iovlen: 1,
        msg_control: 0,
        msg_controllen: 0,
        msg_flags: 0,
      });
      expect(part).toEqual({ iov_base: vector.base + index * STRIDE, iov_len: STRIDE });
      expect(received).toBe(0);
    }
    expect(NAME_WORDS * 4).toBe(NAME_BYTES);
  });

  it('writes any address, beyond 4 GiB too, and leaves its neighbours alone', () => {
    const vector = new MessageVector(libc, COUNT, STRIDE);
    vector.point(1, 0x7f12_8765_4321, 77, 16);
    expect(headerAt(vector, 1).part).toEqual({ iov_base: 0x7f12_8765_4321, iov_len: 77 });
    expect(headerAt(vector, 1).header.msg_namelen).toBe(16);
    vector.resetName(1);
    expect(headerAt(vector, 1).header.msg_namelen).toBe(NAME_BYTES);
    for (const index of [0, 2]) expect(headerAt(vector, index).part.iov_len).toBe(STRIDE);
  });
});
