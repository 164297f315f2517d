import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, start } from '../support/server/process.ts';
import { type NatKind, natNetwork, type TestHost } from '../support/turn/netns.ts';

const SECRET = 'behind NAT';
const path = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));
const TYPESCRIPT = ['--import', path('typescript.mjs')];

describe('two hosts behind NATs', () => {
  const open: { stop(): Promise<void> | void }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.stop();
  });

  function program(host: TestHost, file: string, ...args: string[]): Running {
    const started = start(...host.within(process.execPath, ...TYPESCRIPT, path(file), ...args));
    open.push(started);
    return started;
  }

  /** The results of the two sides; undefined if there can be no such network. */
  async function call(kind: NatKind): Promise<string[] | undefined> {
    const network = natNetwork(kind);
    if (network === undefined) return undefined;
    open.push({ stop: () => network.close() });
    await program(network.relay, 'turn/relay-program.ts', SECRET).says(/"message":"relay listens"/, 20_000);
    const sides = (['one', 'other'] as const).map((side) =>
      program(network[side], 'turn/nat-peer-program.ts', side, network.relay.address, SECRET),
    );
    await Promise.all(sides.map((side) => side.says(/"reflexive".*\n/, 20_000)));
    const offers = sides.map((side) => side.output());
    expect(offers[0]).toMatch(
      /"host":\{"address":"192\.168\.1\.10".*"reflexive":\{"address":"203\.0\.113\.2"/,
    );
    expect(offers[1]).toMatch(
      /"host":\{"address":"192\.168\.2\.10".*"reflexive":\{"address":"198\.51\.100\.2"/,
    );
    sides[0]?.write(offers[1] ?? '');
    sides[1]?.write(offers[0] ?? '');
    await Promise.all(sides.map((side) => side.says(/"direct".*\n/, 20_000)));
    return sides.map((side) => side.output().trim().split('\n').at(-1) ?? '');
  }

  // natNetwork() says loudly where nothing could be tested.
  it('of the strict kind reach each other only through the relay', {
    timeout: 60_000,
  }, async () => {
    const said = await call('strict');
    if (said === undefined) return;
    expect(said).toEqual(['{"direct":false,"relayed":true}', '{"direct":false,"relayed":true}']);
  });

  it('of the mild kind reach each other directly as well', { timeout: 60_000 }, async () => {
    const said = await call('mild');
    if (said === undefined) return;
    expect(said).toEqual(['{"direct":true,"relayed":true}', '{"direct":true,"relayed":true}']);
  });
});
