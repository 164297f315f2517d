import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { TURN_SEND_BYTES } from '../../../src/protocol/limits.ts';
import type { DatagramReceiver } from '../../../src/turn/core/relay-io.ts';
import { bufferAdvice, listenUdp, openRelaySocket, type UdpSocket } from '../../../src/turn/io/udp.ts';
import { slowHost } from '../../support/netns.ts';
import { run } from '../../support/process.ts';

const path = (file: string) => fileURLToPath(new URL(`../../support/${file}`, import.meta.url));
const SILENT: DatagramReceiver = { datagram() {} };

const textOf = (bytes: Buffer, offset: number, length: number) =>
  bytes.toString('latin1', offset, offset + length);

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

function listen(address: string, receiver = SILENT, port = 0): UdpSocket {
  const socket = listenUdp(address, port, () => receiver);
  open.push(() => socket.close());
  return socket;
}

describe('a UDP socket of the relay', () => {
  it.each(['127.0.0.1', '::1'])(
    'on %s is bound when it is made, and passes datagrams on',
    async (address) => {
      const arrived = new Promise<string>((resolve) => {
        const { port } = listen(address, {
          datagram: (bytes, offset, length) => resolve(textOf(bytes, offset, length)),
        }).local;
        listen(address).send(Buffer.from('-hello-'), 1, 5, port, address);
      });
      expect(await arrived).toBe('hello');
    },
  );

  it('is idle once the kernel has copied what was sent: what is written to the buffer then harms nothing', async () => {
    const texts: string[] = [];
    const all = new Promise<void>((resolve) => {
      const { port } = listen('127.0.0.1', {
        datagram(bytes, offset, length) {
          texts.push(textOf(bytes, offset, length));
          if (texts.length === 100) resolve();
        },
      }).local;
      const socket = listen('127.0.0.1');
      const scratch = Buffer.alloc(8);
      for (let index = 0; index < 100; index++) {
        scratch.write(String(index).padStart(8));
        socket.send(scratch, 0, 8, port, '127.0.0.1');
        expect(socket.idle).toBe(true);
        scratch.fill('x');
      }
    });
    await all;
    expect(texts.map(Number)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('says which system error kept it from its port', () => {
    const { port } = listen('127.0.0.1').local;
    expect(() => listen('127.0.0.1', SILENT, port)).toThrow(/EADDRINUSE/);
    expect(openRelaySocket(4, '127.0.0.1', port, SILENT)).toBeUndefined();
    expect(openRelaySocket(4, '203.0.113.77', 0, SILENT)).toBeUndefined();
  });

  it('tells how much the kernel keeps for it, and what to do where that is little', () => {
    const { receiveBuffer } = listen('127.0.0.1');
    expect(receiveBuffer).toBeGreaterThan(0);
    expect(bufferAdvice(425_984)).toContain('keeps 425984 bytes');
    expect(bufferAdvice(425_984)).toContain('sysctl -w net.core.rmem_max=');
    expect(bufferAdvice(1_048_576)).toBeUndefined();
  });

  it('drops what is for port 0, and what comes after its end', () => {
    const socket = listen('127.0.0.1');
    expect(socket.send(Buffer.alloc(1), 0, 1, 0, '127.0.0.1')).toBe(false);
    socket.close();
    socket.close();
    expect(socket.send(Buffer.alloc(1), 0, 1, 9, '127.0.0.1')).toBe(false);
  });

  it('lives when nobody listens where it sends: the ICMP errors that come back are nobody’s', async () => {
    const deaf = listen('127.0.0.1');
    const { port } = deaf.local;
    deaf.close();
    const socket = listen('127.0.0.1');
    for (let index = 0; index < 100; index++) socket.send(Buffer.alloc(8), 0, 8, port, '127.0.0.1');
    const arrived = new Promise<void>((resolve) => {
      const { local } = listen('127.0.0.1', { datagram: () => resolve() });
      socket.send(Buffer.alloc(8), 0, 8, local.port, '127.0.0.1');
    });
    await arrived;
  });

  it('on a slow link holds TURN_SEND_BYTES beside what the kernel does, and drops the rest', {
    timeout: 60_000,
  }, async () => {
    const host = slowHost();
    // slowHost() says loudly where nothing could be tested.
    if (host === undefined) return;
    open.push(() => host.close());
    const program = host.within(
      process.execPath,
      '--import',
      path('typescript.mjs'),
      path('slow-link-program.ts'),
    );
    const { output } = await run(...program);
    const { offered, taken, idle } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(offered).toBe(128 * TURN_SEND_BYTES);
    expect(taken).toBeGreaterThan(TURN_SEND_BYTES);
    expect(taken).toBeLessThan(offered / 2);
    expect(idle, 'the first was copied at once, the last is still ours').toEqual([true, false]);
  });
});
