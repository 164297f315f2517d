import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCredentials } from '../../src/turn/credentials.ts';
import { Rests, Workload } from '../../src/turn/giving-way.ts';
import { freePort, start } from '../support/process.ts';
import { TurnClient } from '../support/turn-client.ts';

const SECRET = 'a secret of the tests';
const path = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function restsBeside(utilization: number) {
  const workload = new Workload(() => utilization);
  let slept = 0;
  const rests = new Rests(workload.shared, () => {
    slept++;
  });
  return {
    workload,
    relayed(packets: number): number {
      for (let packet = 0; packet < packets; packet++) rests.packet();
      return slept;
    },
  };
}

describe('a relay that shares its core with signaling', () => {
  it('rests every 24 packets while signaling is at work', () => {
    const { workload, relayed } = restsBeside(0.02);
    workload.look();
    expect([relayed(23), relayed(1), relayed(24 * 9)]).toEqual([0, 1, 10]);
  });

  it('never rests before anybody looked, nor while signaling does next to nothing', () => {
    const { workload, relayed } = restsBeside(0.01);
    expect(relayed(1000)).toBe(0);
    workload.look();
    expect(relayed(1000)).toBe(0);
  });

  it('finds a thread at work that was', () => {
    const workload = new Workload();
    workload.look();
    const until = performance.now() + 20;
    while (performance.now() < until);
    workload.look();
    let slept = 0;
    const rests = new Rests(workload.shared, () => {
      slept++;
    });
    for (let packet = 0; packet < 24; packet++) rests.packet();
    expect(slept).toBe(1);
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
