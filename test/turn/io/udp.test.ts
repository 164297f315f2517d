import { createSocket } from 'node:dgram';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Packet } from '../../../src/turn/codec/packet.ts';
import type { DatagramReceiver } from '../../../src/turn/core/relay-io.ts';
import { BatchedUdp } from '../../../src/turn/io/batched-udp.ts';
import { loadLibc } from '../../../src/turn/io/libc.ts';
import { MAX_QUEUED_BYTES, openPlainUdp } from '../../../src/turn/io/plain-udp.ts';
import { bufferAdvice, type OpenUdp, openRelaySocket, type UdpSocket } from '../../../src/turn/io/udp.ts';
import { run } from '../../support/server/process.ts';
import { slowHost } from '../../support/turn/netns.ts';
import { packetOf } from '../../support/turn/packets.ts';

const path = (file: string) => fileURLToPath(new URL(`../../support/${file}`, import.meta.url));
const SILENT: DatagramReceiver = { datagram() {} };

const textOf = (packet: Packet) => packet.view().toString('latin1');

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

const libc = loadLibc();
if (typeof libc === 'string') throw new Error(`batches of datagrams can't be tested: ${libc}`);

const KINDS: readonly { kind: string; openUdp: OpenUdp }[] = [
  { kind: 'one by one', openUdp: openPlainUdp },
  { kind: 'in batches', openUdp: new BatchedUdp(libc).open },
];

describe.each(KINDS)('a UDP socket of the relay, $kind', ({ kind, openUdp }) => {
  function listen(address: string, receiver = SILENT, port = 0): UdpSocket {
    const socket = openUdp(address, port, () => receiver);
    open.push(() => socket.close());
    return socket;
  }

  it.each(['127.0.0.1', '::1'])(
    'on %s is bound when it is opened, and delivers datagrams',
    async (address) => {
      const arrived = new Promise<string>((resolve) => {
        const { port } = listen(address, {
          datagram: (packet) => resolve(textOf(packet)),
        }).local;
        listen(address).send(new Packet().set(Buffer.from('-hello-'), 1, 5, address, port));
      });
      expect(await arrived).toBe('hello');
    },
  );

  it('copies what it sends, so that the memory may be overwritten at once', async () => {
    const texts: string[] = [];
    const all = new Promise<void>((resolve) => {
      const { port } = listen('127.0.0.1', {
        datagram(packet) {
          texts.push(textOf(packet));
          if (texts.length === 100) resolve();
        },
      }).local;
      const socket = listen('127.0.0.1');
      const scratch = Buffer.alloc(8);
      for (let index = 0; index < 100; index++) {
        scratch.write(String(index).padStart(8));
        const packet = packetOf(scratch, '127.0.0.1', port);
        expect(socket.send(packet)).toBe(true);
        scratch.fill('x');
        packet.set(scratch, 0, 0, '', 0);
      }
    });
    await all;
    expect(texts.map(Number)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it.each(['127.0.0.1', '::1'])(
    'on %s delivers many at once, of all sizes, whole and in order',
    async (at) => {
      const sizes = Array.from(
        { length: 300 },
        (_, index) => [0, 1, 160, 1200, 2112, 2113, 9000, 65_507][index % 8] ?? 0,
      );
      const expected = sizes.map((size, index) => `${size} × ${index % 251}`);
      const heard: string[] = [];
      const all = new Promise<void>((resolve) => {
        const front = listen(at, {
          datagram(packet) {
            const { length, address, port } = packet;
            const bytes = packet.view();
            const [first] = bytes;
            const same = bytes.every((byte) => byte === first);
            heard.push(same ? `${length} × ${first}` : `${length} mixed`);
            expect(address).toBe(at);
            expect(port).toBe(back.local.port);
            if (heard.length === sizes.length) resolve();
            else sendNext();
          },
        });
        const back = listen(at);
        let next = 0;
        // Some are sent in advance, so that they come in batches, but not more than the kernel buffers.
        const sendNext = () => {
          const size = sizes[next];
          if (size === undefined) return;
          const bytes = Buffer.alloc(size, next++ % 251);
          expect(back.send(packetOf(bytes, at, front.local.port))).toBe(true);
        };
        for (let count = 0; count < 8; count++) sendNext();
      });
      await all;
      expect(heard).toEqual(expected.map((text) => text.replace(/^0 × .*/, '0 × undefined')));
    },
  );

  it('sends received datagrams on from where they are in memory', async () => {
    const texts: string[] = [];
    const all = new Promise<void>((resolve) => {
      const end = listen('127.0.0.1', {
        datagram(packet) {
          texts.push(textOf(packet));
          if (texts.length === 200) resolve();
        },
      });
      const out = listen('127.0.0.1');
      const middle = listen('127.0.0.1', {
        datagram({ bytes, offset, length }) {
          out.send(new Packet().set(bytes, offset + 1, length - 1, '127.0.0.1', end.local.port));
        },
      });
      const start = listen('127.0.0.1');
      for (let index = 0; index < 200; index++) {
        const text = Buffer.from(`-${index}`);
        start.send(packetOf(text, '127.0.0.1', middle.local.port));
      }
    });
    await all;
    expect(texts.map(Number)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it('delivers nothing after it was closed, even if more has come', async () => {
    let heard = 0;
    const third = new Promise<void>((resolve) => {
      const front = listen('127.0.0.1', {
        datagram() {
          if (++heard < 3) return;
          front.close();
          resolve();
        },
      });
      const back = listen('127.0.0.1');
      for (let count = 0; count < 50; count++)
        back.send(packetOf(Buffer.alloc(9), '127.0.0.1', front.local.port));
    });
    await third;
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toBe(3);
  });

  it('sends everything from before it was closed by itself, whoever gets its descriptor', async () => {
    const senders: number[] = [];
    const heard: number[] = [];
    await new Promise<void>((resolve) => {
      const end = listen('127.0.0.1', {
        datagram({ port }) {
          heard.push(port);
          if (heard.length === 3) resolve();
        },
      });
      // All of this within one batch.
      const trigger = listen('127.0.0.1', {
        datagram() {
          for (let count = 0; count < 3; count++) {
            const brief = listen('127.0.0.1');
            senders.push(brief.local.port);
            brief.send(packetOf(Buffer.from('x'), '127.0.0.1', end.local.port));
            brief.close();
          }
        },
      });
      listen('127.0.0.1').send(packetOf(Buffer.from('go'), '127.0.0.1', trigger.local.port));
    });
    expect(heard).toEqual(senders);
  });

  it('shares its port with no other program, even one that asks for it', async () => {
    const { port } = listen('127.0.0.1').local;
    const guest = createSocket({ type: 'udp4', reuseAddr: true });
    open.push(() => guest.close());
    const refused = new Promise<Error>((resolve) => guest.once('error', resolve));
    guest.bind(port, '127.0.0.1');
    expect(await refused).toMatchObject({ code: 'EADDRINUSE' });
  });

  it('of IPv6 leaves the IPv4 port to others', () => {
    const { port } = listen('::').local;
    expect(listen('0.0.0.0', SILENT, port).local.port).toBe(port);
  });

  it("fails with the system's error if its port is in use", () => {
    const { port } = listen('127.0.0.1').local;
    expect(() => listen('127.0.0.1', SILENT, port)).toThrow(/EADDRINUSE/);
    expect(openRelaySocket(openUdp, '127.0.0.1', port, SILENT)).toBeUndefined();
    expect(openRelaySocket(openUdp, '203.0.113.77', 0, SILENT)).toBeUndefined();
  });

  it('tells how much the kernel buffers for it, and what to do if that is too little', () => {
    const { receiveBufferBytes } = listen('127.0.0.1');
    expect(receiveBufferBytes).toBeGreaterThan(0);
    expect(bufferAdvice(425_984)).toContain('buffers only 425984 bytes');
    expect(bufferAdvice(425_984)).toContain('sysctl -w net.core.rmem_max=');
    expect(bufferAdvice(1_048_576)).toBeUndefined();
  });

  it('drops datagrams to port 0, and all after it was closed', () => {
    const socket = listen('127.0.0.1');
    expect(socket.send(packetOf(Buffer.alloc(1), '127.0.0.1', 0))).toBe(false);
    socket.close();
    socket.close();
    expect(socket.send(packetOf(Buffer.alloc(1), '127.0.0.1', 9))).toBe(false);
  });

  it('reports datagrams that the kernel refuses, and sends the others', async () => {
    const refused: string[] = [];
    const arrived: string[] = [];
    const front = listen('127.0.0.1', {
      datagram: (packet) => void arrived.push(textOf(packet)),
    });
    const socket = listen('127.0.0.1', {
      datagram() {},
      sendFailed: (packet) => void refused.push(textOf(packet)),
    });
    for (let index = 0; index < 10; index++) {
      const bytes = Buffer.from(`-${index}-`);
      // Without SO_BROADCAST the kernel says EACCES.
      const to = index % 3 === 0 ? '255.255.255.255' : '127.0.0.1';
      expect(socket.send(new Packet().set(bytes, 1, 1, to, front.local.port))).toBe(true);
    }
    await expect
      .poll(() => [refused.join(''), arrived.join('')], { timeout: 5000 })
      .toEqual(['0369', '124578']);
  });

  it('survives the ICMP errors that come back if nobody listens where it sends', async () => {
    const deaf = listen('127.0.0.1');
    const { port } = deaf.local;
    deaf.close();
    const socket = listen('127.0.0.1');
    for (let index = 0; index < 100; index++) socket.send(packetOf(Buffer.alloc(8), '127.0.0.1', port));
    const arrived = new Promise<void>((resolve) => {
      const { local } = listen('127.0.0.1', { datagram: () => resolve() });
      socket.send(packetOf(Buffer.alloc(8), '127.0.0.1', local.port));
    });
    await arrived;
  });

  it('on a slow link queues MAX_QUEUED_BYTES besides what the kernel does, and drops the rest', {
    timeout: 60_000,
  }, async () => {
    const host = slowHost();
    // slowHost() has warned that nothing is tested.
    if (host === undefined) return;
    open.push(() => host.close());
    const program = host.within(
      process.execPath,
      '--import',
      path('typescript.mjs'),
      path('turn/slow-link-program.ts'),
      kind,
    );
    const { output } = await run(...program);
    const { offered, taken } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(offered).toBe(128 * MAX_QUEUED_BYTES);
    expect(taken).toBeGreaterThan(MAX_QUEUED_BYTES);
    expect(taken).toBeLessThan(offered / 2);
  });
});
