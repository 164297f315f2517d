import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { BUILT } from '../support/server/built.ts';
import { makeCertificate } from '../support/server/certificate.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { freePort, type Running, start } from '../support/server/process.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Serving {
  readonly running: Running;
  readonly url: string;
  readonly tlsPort: number;
}

async function serve(lines: readonly string[], turn: 'on' | 'off'): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-reload-'));
  open.push(() => rmSync(folder, { recursive: true }));
  const [port, turnPort, tlsPort] = [await freePort(), await freePort(), await freePort()];
  const conf = join(folder, 'turnserver.conf');
  const where = [`listening-port=${turnPort}`, `tls-listening-port=${tlsPort}`, 'listening-ip=127.0.0.1'];
  writeFileSync(conf, [...where, ...lines].join('\n'));
  const running = start(process.execPath, [BUILT], {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_PATH: temporaryDatabase(),
    TURN: turn,
    TURN_CONFIG: conf,
  });
  open.push(() => running.stop());
  await running.says(/Parley is up/, 30_000);
  return { running, url: `http://127.0.0.1:${port}`, tlsPort };
}

function servedOn(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().raw.toString('base64'));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const derOf = (pem: string) => pem.replace(/-----.*-----|\s/g, '');

describe('SIGHUP', () => {
  it('makes the relay serve a renewed certificate, and the process keeps running and drains', async () => {
    const [first, second] = [await makeCertificate(), await makeCertificate()];
    open.push(first.remove, second.remove);
    const { running, url, tlsPort } = await serve([`cert=${first.cert}`, `pkey=${first.pkey}`], 'on');
    expect(await servedOn(tlsPort)).toBe(derOf(first.certText));
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ status: 'ready', certificate: 'none' });

    copyFileSync(second.cert, first.cert);
    copyFileSync(second.pkey, first.pkey);
    process.kill(running.pid, 'SIGHUP');
    await expect
      .poll(() => servedOn(tlsPort), { interval: 50, timeout: 10_000 })
      .toBe(derOf(second.certText));

    writeFileSync(first.pkey, 'half a k');
    process.kill(running.pid, 'SIGHUP');
    await running.says(/can't use the renewed certificate/);
    const ready = await fetch(`${url}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'degraded', turn: { status: 'degraded', problems: [{ code: 'certificate' }] } },
    ]);
    await running.stop('SIGTERM');
    expect(running.output()).toContain('"message":"stopped"');
  });

  it('does not end a server that has nothing to reload', async () => {
    const { running, url } = await serve([], 'off');
    process.kill(running.pid, 'SIGHUP');
    await running.says(/"message":"reloading"/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});
