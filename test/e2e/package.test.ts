import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { debianPackage } from '../../src/packaging/debian.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { Person } from '../support/browser/person.ts';
import { DebianRoot } from '../support/packaging/debian-root.ts';
import { type MadePackage, madePackage } from '../support/packaging/made-package.ts';
import { Service } from '../support/packaging/service.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { freePort, type Running } from '../support/server/process.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
/** Making the package and the first Debian takes minutes on a busy machine. */
const SLOW_MS = 600_000;

let made: MadePackage;
let root: DebianRoot;
beforeAll(() => {
  made = madePackage();
  root = new DebianRoot();
}, SLOW_MS);
afterAll(() => root.close());

const running: Running[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop('SIGKILL');
});

/** Settings of a server on free ports, whose relay reaches this machine's own addresses. */
async function settings(conf: string) {
  const [port, relayPort] = [await freePort('0.0.0.0'), await freePort('0.0.0.0')];
  root.write(conf, `listening-port=${relayPort}\n`);
  return {
    url: `http://127.0.0.1:${port}`,
    environment: { PORT: String(port), GUESTS_PER_MINUTE: '100000' },
  };
}

/** Two people in two windows, whose media goes through the relay alone. */
async function callThroughRelay(url: string): Promise<void> {
  const browser: Browser = await launchBrowser();
  try {
    const { accessToken } = await signIn(url);
    const room = await createRoom(url, accessToken, { relayOnly: true });
    const ada = await Person.arrive(browser, { name: 'Ada' });
    const ben = await Person.arrive(browser, { name: 'Ben' });
    const link = `${url.replace('127.0.0.1', 'localhost')}/connect/${room.id}`;
    await ada.join(link);
    await ben.join(link);
    await Promise.all([ada.hearsAndSees(1), ben.hearsAndSees(1)]);
    await ada.expectPath('Ben', /^Relayed, over (UDP|TCP)$/);
  } finally {
    await browser.close();
  }
}

describe('the executable, in a bare Debian, as a user who is not root, with a /tmp that forbids to execute', () => {
  const PROGRAM = '/opt/parley';
  const as = { user: 'nobody', folder: '/srv' };
  const DATABASE_PATH = '/srv/data/parley.db';

  beforeAll(() => {
    root.copy(made.executable, PROGRAM);
    mkdirSync(root.at('/srv/data'), { mode: 0o777 });
    // mkdir's mode is subject to the umask.
    return root.sure(['chown', 'nobody', '/srv/data']);
  });

  it('is an ELF file that tells its versions, and writes nothing for that', async () => {
    expect(readFileSync(made.executable).subarray(0, 4)).toEqual(Buffer.from('\x7fELF'));
    const output = await root.sure([PROGRAM, 'version'], as);
    expect(output).toMatch(
      /^parley 0\.1\.0\ncommit ([0-9a-f]{40}|unknown)\nNode .*\nuWebSockets\.js \d.*\nSQLite 3\..*\nkoffi \d.*\n$/,
    );
    expect(await root.sure([PROGRAM, 'help'], as)).toContain('parley keys rotate');
    expect(readdirSync(root.at('/srv'))).toEqual(['data']);
    expect(readdirSync(root.at('/srv/data'))).toEqual([]);
  });

  it('checks its settings', async () => {
    const wrong = await root.run([PROGRAM, 'check-config'], { ...as, environment: { PORT: 'x' } });
    expect(wrong).toMatchObject({ code: 1, output: expect.stringMatching(/^PORT is "x"/) });
    expect((await root.run([PROGRAM, 'check-config'], as)).code).toBe(0);
    expect((await root.run([PROGRAM, 'serve', '--dance'], as)).code).toBe(2);
  });

  it('serves the page, the SDK and the handbook, and carries a call through its relay', async () => {
    const { url, environment } = await settings('/srv/turnserver.conf');
    const server = root.start([PROGRAM], { ...as, environment: { DATABASE_PATH, ...environment } });
    running.push(server);
    await server.says(/"message":"listening"/, 30_000);
    for (const path of [
      '/',
      '/health',
      '/client.js',
      '/embed.js',
      '/docs',
      '/openapi.json',
      '/client.d.ts',
    ]) {
      expect((await fetch(url + path)).status, path).toBe(200);
    }
    expect(server.output()).not.toContain('datagrams are sent one by one');
    await callThroughRelay(url);
    const native = readdirSync(root.at('/srv/data/native'));
    expect(native.map((name) => name.replace(/-[0-9a-f]{16}/, '')).sort()).toEqual([
      'better_sqlite3.node',
      'koffi.node',
      'uws.node',
    ]);
    for (const name of native) expect(statSync(root.at(`/srv/data/native/${name}`)).mode & 0o777).toBe(0o500);
    await server.stop('SIGTERM');
    expect(server.output()).toContain('"message":"stopped"');
  });

  it('writes native code anew that somebody has changed', async () => {
    const [name = ''] = readdirSync(root.at('/srv/data/native')).filter((one) => one.startsWith('better'));
    const file = root.at(`/srv/data/native/${name}`);
    const { size } = statSync(file);
    rmSync(file);
    writeFileSync(file, 'something else', { mode: 0o500 });
    await root.sure([PROGRAM, 'keys', 'rotate'], { ...as, environment: { DATABASE_PATH } });
    expect(statSync(file).size).toBe(size);
  });

  it('runs all commands', async () => {
    const environment = { DATABASE_PATH, STATE_DIRECTORY: '/srv/data' };
    const parley = (...argv: string[]) => root.run([PROGRAM, ...argv], { ...as, environment });
    expect(await parley('keys', 'rotate')).toMatchObject({ code: 0 });
    expect((await parley('admin', 'create', 'ada@example.org')).output).toContain('No password was given');
    expect((await parley('backup', '/srv/data/copy.db')).code).toBe(0);
    expect((await parley('webhooks', 'list')).output).toContain('WEBHOOK_URLS is not set');
    expect((await parley('load', '--help')).code).toBe(0);
    const token = await root.run([PROGRAM, 'token', '--sub', 'ann'], {
      ...as,
      environment: { ...environment, JWT_SECRET: 'x'.repeat(32) },
    });
    expect(token).toMatchObject({ code: 0, output: expect.stringMatching(/^ey/) });
    const restored = await root.run([PROGRAM, 'restore', '/srv/data/copy.db'], {
      ...as,
      environment: { DATABASE_PATH: '/srv/data/again/parley.db' },
    });
    expect(restored).toMatchObject({ code: 0 });
    expect((await parley('doctor', '--json')).output).toContain('"lines"');
  });

  it('says what to do if its state folder forbids to execute files', async () => {
    const { code, output } = await root.run([PROGRAM, 'keys', 'rotate'], {
      ...as,
      environment: { DATABASE_PATH: '/tmp/data/parley.db' },
    });
    expect(code).toBe(1);
    expect(output).toMatch(/can't be loaded: [\s\S]*STATE_DIRECTORY, or DATABASE_PATH/);
  });
});

describe('the Debian package, in a bare Debian', () => {
  it('installs a user, settings that only it reads, and a unit', async () => {
    root.copy(made.deb, '/root/parley.deb');
    const output = await root.sure(['dpkg', '--install', '/root/parley.deb']);
    expect(output).toContain('set DOMAIN in /etc/parley/parley.env');
    const passwd = /^parley:x:(\d+):(\d+):.*:\/var\/lib\/parley:\/usr\/sbin\/nologin$/m.exec(
      root.read('/etc/passwd'),
    );
    const [uid, gid] = passwd?.slice(1).map(Number) ?? [];
    expect(uid).toBeGreaterThan(0);
    for (const name of ['parley.env', 'turnserver.conf']) {
      const { mode, uid: owner, gid: group } = statSync(root.at(`/etc/parley/${name}`));
      expect([mode & 0o777, owner, group]).toEqual([0o640, 0, gid]);
    }
    const { mode, uid: owner } = statSync(root.at('/var/lib/parley'));
    expect([mode & 0o777, owner]).toEqual([0o700, uid]);
    expect(await root.sure(['dpkg', '--verify', 'parley'])).toBe('');
    expect(await root.sure(['dpkg-query', '--status', 'parley'])).toMatch(
      /\/etc\/parley\/parley\.env .*\n \/etc\/parley\/turnserver\.conf /,
    );
  });

  it('has a unit that is hardened, but lets JavaScript be compiled', () => {
    const service = new Service(root);
    expect(service.values('ExecStartPre')).toEqual(['/usr/bin/parley check-config']);
    expect(service.values('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
    expect(service.values('AmbientCapabilities')).toEqual(['CAP_NET_BIND_SERVICE']);
    expect(service.values('CapabilityBoundingSet')).toEqual(['CAP_NET_BIND_SERVICE']);
    expect(service.values('TimeoutStopSec')).toEqual(['15']);
    expect(service.values('StateDirectory')).toEqual(['parley']);
    expect(Number(service.values('LimitNOFILE')[0])).toBeGreaterThan(65_535);
    expect(service.values('ProtectSystem')).toEqual(['strict']);
    expect(service.values('MemoryDenyWriteExecute')).toEqual([]);
  });

  it("runs by its unit's commands, and carries a call through its relay", async () => {
    const { url, environment } = await settings('/etc/parley/turnserver.conf');
    const env = root.read('/etc/parley/parley.env');
    const service = new Service(root);
    root.write('/etc/parley/parley.env', `${env}PORT=many\n`);
    expect(await service.check()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^PORT is "many"/),
    });
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    root.write('/etc/parley/parley.env', env + lines.join(''));
    const server = await service.start();
    running.push(server);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await callThroughRelay(url);
    process.kill(server.pid, 'SIGHUP');
    await server.says(/"message":"reloading"/);
    const copied = await root.sure(['parleyctl', 'backup', '/var/lib/parley/copy.db']);
    expect(copied).not.toContain('Error');
    expect(statSync(root.at('/var/lib/parley/copy.db')).uid).toBe(statSync(root.at('/var/lib/parley')).uid);
    await server.stop('SIGTERM');
    expect(server.output()).toContain('"message":"stopped"');
    expect(readdirSync(root.at('/var/lib/parley'))).toContain('native');
  });

  it('keeps changed settings over an upgrade, and restarts a server that runs', async () => {
    const env = root.read('/etc/parley/parley.env');
    const newer = debianPackage({
      root: REPOSITORY,
      version: '0.1.1',
      // Any program: what the scripts do is the same.
      executable: '/usr/bin/true',
      packages: new Set(),
      seconds: 1_700_000_000,
    });
    writeFileSync(root.at('/root/newer.deb'), newer);
    const called = pretendSystemd();
    await root.sure(['dpkg', '--install', '/root/newer.deb']);
    expect(called()).toEqual(['daemon-reload', 'try-restart parley.service']);
    expect(root.read('/etc/parley/parley.env')).toBe(env);
    expect(await root.sure(['dpkg-query', '--show', 'parley'])).toContain('0.1.1');
  });

  it('is removed, and purged: the settings go, the database stays, and it says so', async () => {
    const called = pretendSystemd();
    await root.sure(['dpkg', '--remove', 'parley']);
    expect(called()).toEqual(['disable --now parley.service', 'daemon-reload']);
    expect(readdirSync(root.at('/etc/parley'))).toContain('parley.env');
    writeFileSync(root.at('/etc/parley/key.pem'), 'put there by its admin');
    const said = await root.sure(['dpkg', '--purge', 'parley']);
    expect(said).toContain('/var/lib/parley is kept');
    expect(readdirSync(root.at('/etc'))).not.toContain('parley');
    expect(readdirSync(root.at('/var/lib/parley'))).toContain('parley.db');
    expect(root.read('/etc/passwd')).toContain('parley:');
  });

  /** Puts a systemctl into the root that notes how it is called. @returns the calls, once */
  function pretendSystemd(): () => string[] {
    mkdirSync(root.at('/run/systemd/system'), { recursive: true });
    writeFileSync(root.at('/usr/bin/systemctl'), '#!/bin/sh\necho "$*" >> /root/systemctl.log\n', {
      mode: 0o755,
    });
    return () => {
      const text = root.read('/root/systemctl.log');
      rmSync(join(root.path, 'root/systemctl.log'));
      return text.trim().split('\n');
    };
  }
});
