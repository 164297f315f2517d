import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryDatabase } from '../../support/server/database.ts';
import { type Running, start } from '../../support/server/process.ts';
import { type BareHost, bareHost } from '../../support/turn/netns.ts';

const SECRET = 'addresses that come and go';
const TURN_PORT = '3478';
const HTTP = 'http://127.0.0.1:3001';
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const TYPESCRIPT = ['--import', path('../../support/typescript.mjs')];

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A whole server on a host of its own, and a client on the same host. */
async function serverOn(host: BareHost): Promise<{ ask(line: string): Promise<unknown>; server: Running }> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-netns-'));
  open.push(() => rmSync(folder, { recursive: true }));
  const conf = join(folder, 'turnserver.conf');
  writeFileSync(conf, `static-auth-secret=${SECRET}\nlistening-port=${TURN_PORT}\n`);
  const run = (file: string, ...args: string[]) => {
    const environment = { PORT: '3001', DATABASE_PATH: temporaryDatabase(), TURN: 'on', TURN_CONFIG: conf };
    const running = start(...host.within(process.execPath, ...TYPESCRIPT, path(file), ...args), environment);
    open.push(() => running.stop());
    return running;
  };
  const server = run('../../../src/main.ts');
  await server.says(/Parley is up/, 30_000);
  const requester = run('../../support/turn/stun-program.ts', TURN_PORT, SECRET);
  let asked = 0;
  return {
    server,
    async ask(line) {
      requester.write(`${line}\n`);
      asked++;
      await requester.says(new RegExp(`^(?:.*\n){${asked}}`), 10_000);
      return JSON.parse(requester.output().split('\n')[asked - 1] ?? '');
    },
  };
}

/** The status of /ready, and the codes of its problems. */
async function ready(ask: (line: string) => Promise<unknown>): Promise<unknown> {
  return ask(`get ${HTTP}/ready`);
}

const soon = { interval: 100, timeout: 20_000 };
const READY = { status: 200, body: { status: 'ready', certificate: 'none' } };

describe('a server on a host whose network comes and goes', () => {
  it('starts without a network, follows its addresses, and reports problems in /ready', {
    timeout: 90_000,
  }, async () => {
    const host = bareHost();
    if (host === undefined) return;
    open.push(() => host.close());
    host.ip('link', 'set', 'eth0', 'down');
    const { ask } = await serverOn(host);
    expect(await ready(ask)).toMatchObject({
      status: 200,
      body: { status: 'degraded', turn: { problems: [{ code: 'no_network' }] } },
    });

    host.ip('link', 'set', 'eth0', 'up');
    host.ip('addr', 'add', '198.51.100.7/24', 'dev', 'eth0');
    await expect.poll(() => ask('udp 198.51.100.7'), soon).toBe(true);
    await expect.poll(() => ask('relay 198.51.100.7'), soon).toBe('198.51.100.7');
    await expect.poll(() => ready(ask), soon).toEqual(READY);

    // As after a change by DHCP.
    host.ip('addr', 'del', '198.51.100.7/24', 'dev', 'eth0');
    host.ip('addr', 'add', '203.0.113.9/24', 'dev', 'eth0');
    await expect.poll(() => ask('relay 203.0.113.9'), soon).toBe('203.0.113.9');
    await expect.poll(() => ready(ask), soon).toEqual(READY);

    host.ip('addr', 'add', '2001:db8::9/64', 'dev', 'eth0', 'nodad');
    await expect.poll(() => ask('udp 2001:db8::9'), soon).toBe(true);

    host.ip('link', 'set', 'eth0', 'down');
    await expect.poll(() => ready(ask), soon).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect(await ask(`get ${HTTP}/health`)).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('starts while an IPv6 address is in duplicate detection', { timeout: 90_000 }, async () => {
    const host = bareHost();
    if (host === undefined) return;
    open.push(() => host.close());
    host.ip('addr', 'add', '198.51.100.7/24', 'dev', 'eth0');
    // Long enough to be sure that it is tentative when the server starts.
    host.ip('link', 'set', 'eth0', 'down');
    host.setting('net.ipv6.conf.eth0.dad_transmits', '12');
    host.ip('link', 'set', 'eth0', 'up');
    host.ip('addr', 'add', '2001:db8::9/64', 'dev', 'eth0');
    const { ask, server } = await serverOn(host);
    expect(server.output()).toContain('EADDRNOTAVAIL');
    expect(await ready(ask)).toMatchObject({
      status: 200,
      body: { status: 'degraded', turn: { problems: [{ code: 'listener' }] } },
    });
    expect(await ask('udp 198.51.100.7')).toBe(true);
    await expect.poll(() => ask('udp 2001:db8::9'), { ...soon, timeout: 40_000 }).toBe(true);
    await expect.poll(() => ready(ask), soon).toEqual(READY);
  });
});
