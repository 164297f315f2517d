import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCredentials } from '../../src/turn/credentials.ts';
import { GivingWay } from '../../src/turn/giving-way.ts';
import { freePort, start } from '../support/process.ts';
import { TurnClient } from '../support/turn-client.ts';

const SECRET = 'a secret of the tests';
const path = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe('a relay that shares its core with signaling', () => {
  it('looks every 24 packets whether signaling waits, and sleeps for a moment if it does', () => {
    const seen: string[] = [];
    let isWaiting = false;
    const waits = () => {
      seen.push('look');
      return isWaiting;
    };
    const givingWay = new GivingWay(waits, (ms) => seen.push(`sleep ${ms}`));
    const heard: number[] = [];
    const receiver = givingWay.after({ datagram: (_, __, port) => heard.push(port) });
    const other = givingWay.after({ datagram: () => {} });
    for (let port = 1; port <= 23; port += 1) receiver.datagram(Buffer.alloc(1), '192.0.2.1', port);
    expect(seen).toEqual([]);
    other.datagram(Buffer.alloc(1), '192.0.2.2', 1);
    expect(seen).toEqual(['look']);
    isWaiting = true;
    for (let port = 24; port <= 71; port += 1) receiver.datagram(Buffer.alloc(1), '192.0.2.1', port);
    expect(seen).toEqual(['look', 'look', 'sleep 0.001', 'look', 'sleep 0.001']);
    expect(heard).toEqual(Array.from({ length: 71 }, (_, index) => index + 1));
  });

  it('finds signaling asleep, and at work', { timeout: 40_000 }, async () => {
    const node = ['--import', path('typescript.mjs'), path('main-thread-sleeper.ts')];
    const program = start(process.execPath, node);
    open.push(() => program.stop());
    await program.says(/slept, then was seen at work/, 30_000);
  });

  it('relays as everywhere', { timeout: 40_000 }, async () => {
    const port = await relayOnOneCore();
    const [one, other] = [await client(port, 'one'), await client(port, 'other')];
    const [oneAt, otherAt] = [await one.allocate(), await other.allocate()];
    await other.permit(oneAt);
    await one.bind(0x4000, otherAt);
    for (let packet = 0; packet < 100; packet++) {
      one.sendChannel(0x4000, Buffer.from([packet]));
      expect(await other.next()).toEqual({ from: oneAt, data: Buffer.from([packet]) });
    }
  });
});

async function relayOnOneCore(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-one-core-'));
  open.push(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  const file = join(folder, 'turnserver.conf');
  writeFileSync(file, [`listening-port=${port}`, 'listening-ip=127.0.0.1'].join('\n'));
  const node = [process.execPath, '--import', path('typescript.mjs'), path('relay-program.ts'), SECRET, file];
  const program = start('taskset', ['-c', '0', ...node]);
  open.push(() => program.stop());
  await program.says(/"message":"relay listens"/, 30_000);
  return port;
}

async function client(port: number, name: string): Promise<TurnClient> {
  const credentials = makeCredentials(SECRET, Date.now() / 1000 + 600, name);
  const connected = await TurnClient.connect({ host: '127.0.0.1', port, credentials });
  open.push(() => connected.close());
  return connected;
}
