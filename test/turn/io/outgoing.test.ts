import { describe, expect, it } from 'vitest';
import { Packet } from '../../../src/turn/codec/packet.ts';
import type { Libc } from '../../../src/turn/io/libc.ts';
import { MessageVector } from '../../../src/turn/io/message-vector.ts';
import { Outgoing } from '../../../src/turn/io/outgoing.ts';
import { SocketNames } from '../../../src/turn/io/socket-names.ts';
import { packetOf } from '../../support/turn/packets.ts';

/** A kernel that records how many datagrams each call has, and accepts only some of them. */
class FakeKernel {
  readonly calls: { descriptor: number; count: number }[] = [];
  /** How many datagrams each of the next calls accepts; -1: none. Later calls accept all. */
  takes: number[] = [];

  readonly addressOf = () => 0;
  readonly if_nametoindex = () => 0;
  readonly if_indextoname = () => null;
  readonly sendmmsg: Libc['sendmmsg'] = (descriptor, _vector, count) => {
    this.calls.push({ descriptor, count });
    return Math.min(count, this.takes.shift() ?? count);
  };
}

class FakeSender {
  readonly descriptor: number;
  readonly byNode: string[] = [];
  /** false while datagrams wait in Node, behind which all others must wait. */
  isReady = true;
  /** Whether datagrams given to Node have to wait. */
  slow = false;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  sendByNode(packet: Packet): boolean {
    this.byNode.push(`${packet.view().toString('latin1')} ${packet.address}:${packet.port}`);
    if (this.slow) this.isReady = false;
    return true;
  }
}

function stage() {
  const kernel = new FakeKernel();
  const incoming = new MessageVector(kernel, 2, 4096);
  const outgoing = new Outgoing(kernel, new SocketNames(kernel), incoming);
  const send = (sender: FakeSender, text: string, address = '192.0.2.1') =>
    outgoing.add(sender, packetOf(Buffer.from(text), address, 5000));
  return { kernel, incoming, outgoing, send, one: new FakeSender(1), other: new FakeSender(2) };
}

describe('outgoing datagrams', () => {
  it('are sent at once while nothing is collected', () => {
    const { kernel, send, one } = stage();
    send(one, 'a');
    send(one, 'b');
    expect(kernel.calls.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('are sent in order, with one call per run of the same socket', () => {
    const { kernel, outgoing, send, one, other } = stage();
    outgoing.collect();
    for (const sender of [one, one, one, other, one]) send(sender, 'x');
    expect(kernel.calls).toEqual([]);
    outgoing.flush();
    expect(kernel.calls).toEqual([
      { descriptor: 1, count: 3 },
      { descriptor: 2, count: 1 },
      { descriptor: 1, count: 1 },
    ]);
    outgoing.flush();
    expect(kernel.calls.length, 'nothing leaves twice').toBe(3);
  });

  it('are sent in batches of at most 32', () => {
    const { kernel, outgoing, send, one } = stage();
    outgoing.collect();
    for (let index = 0; index < 33; index++) send(one, 'x');
    outgoing.flush();
    expect(kernel.calls.map(({ count }) => count)).toEqual([32, 1]);
  });

  it('are given to Node if the kernel refuses them, and the next are sent', () => {
    const { kernel, outgoing, send, one } = stage();
    kernel.takes = [1, -1];
    outgoing.collect();
    for (const text of ['a', 'b', 'c', 'd']) send(one, text);
    outgoing.flush();
    expect(one.byNode).toEqual(['b 192.0.2.1:5000']);
    expect(kernel.calls.map(({ count }) => count)).toEqual([4, 3, 2]);
  });

  it('wait behind one that waits for a slow link', () => {
    const { kernel, outgoing, send, one, other } = stage();
    kernel.takes = [1, -1];
    one.slow = true;
    outgoing.collect();
    for (const text of ['a', 'b', 'c', 'd']) send(one, text);
    send(other, 'e');
    outgoing.flush();
    expect(one.byNode).toEqual(['b', 'c', 'd'].map((text) => `${text} 192.0.2.1:5000`));
    expect(kernel.calls.at(-1)).toEqual({ descriptor: 2, count: 1 });
  });

  it('are sent alone, in order, if they are too large for the batch', () => {
    const { kernel, outgoing, send, one } = stage();
    outgoing.collect();
    send(one, 'a');
    send(one, 'b'.repeat(5000));
    expect(kernel.calls.map(({ count }) => count)).toEqual([1]);
    expect(one.byNode.map((text) => text.length)).toEqual([5000 + ' 192.0.2.1:5000'.length]);
  });

  it('are sent from where they were received, whatever their size', () => {
    const { kernel, incoming, outgoing, one } = stage();
    kernel.takes = [-1];
    incoming.memory.fill('y');
    outgoing.collect();
    outgoing.add(one, new Packet().set(incoming.memory, 10, 3000, '192.0.2.1', 5000));
    outgoing.flush();
    expect(kernel.calls.map(({ count }) => count)).toEqual([1]);
    expect(one.byNode).toEqual([`${'y'.repeat(3000)} 192.0.2.1:5000`]);
  });

  it('are copied, so that their memory may be overwritten before they are sent', () => {
    const { kernel, outgoing, one } = stage();
    kernel.takes = [-1];
    const scratch = Buffer.from('before');
    outgoing.collect();
    outgoing.add(one, packetOf(scratch, '192.0.2.1', 5000));
    scratch.fill('x');
    outgoing.flush();
    expect(one.byNode).toEqual(['before 192.0.2.1:5000']);
  });

  it('are dropped if the address is invalid', () => {
    const { kernel, send, one } = stage();
    expect(send(one, 'a', 'nowhere')).toBe(false);
    expect(kernel.calls).toEqual([]);
  });
});
