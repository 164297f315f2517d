import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../src/doctor/doctor.ts';
import type { DoctorMachine } from '../../src/doctor/facts/facts.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { inspectDatabase, noteSetting, peekSetting } from '../../src/store/sqlite/inspect.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { type Clinic, openClinic } from '../support/doctor/clinic.ts';
import { diagnosisOf, runDoctor } from '../support/doctor/run-doctor.ts';
import { freePort } from '../support/server/process.ts';

const isRoot = process.getuid?.() === 0;
const HOUR_MS = 3_600_000;

let clinic: Clinic;
let count = 0;
beforeAll(async () => {
  clinic = await openClinic();
});
afterAll(() => clinic?.close());

/** Settings without a server; its database, if one is wanted, is in a folder of its own. */
async function setUp({ isStored = true } = {}) {
  count += 1;
  const folder = join(clinic.folder, `home-${count}`);
  mkdirSync(folder);
  const path = join(folder, 'parley.db');
  if (isStored) openStore(path).close();
  const settings = {
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    DATABASE_PATH: path,
    TURN_CONFIG: join(folder, 'turnserver.conf'),
  };
  return { folder, path, settings };
}

const MACHINE: DoctorMachine = {
  interfaces: () => ({}),
  descriptors: 65_536,
  nodeVersion: '20.20.2',
  glibcVersion: '2.36',
  userId: process.getuid?.(),
};

/** The doctor in this process, on another machine or at another time. */
async function onMachine(
  settings: Readonly<Record<string, string>>,
  machine: Partial<DoctorMachine> = {},
  aheadMs = 0,
) {
  const examination = await examine({
    environment: settings,
    clock: { ...systemClock, now: () => Date.now() + aheadMs },
    machine: { ...MACHINE, ...machine },
    database: { inspect: inspectDatabase, peek: peekSetting, note: noteSetting },
  });
  return diagnosisOf(null, examination);
}

describe('the doctor, without a running server', () => {
  it('skips what takes one, and creates no database', async () => {
    const { path, folder, settings } = await setUp({ isStored: false });
    const { troubles, code, line } = await runDoctor(settings);
    expect([troubles, code]).toEqual([[], 0]);
    expect(line('server')).toMatchObject({ status: 'skip', result: expect.stringContaining(settings.PORT) });
    expect(line('database').status).toBe('skip');
    expect([existsSync(path), readdirSync(folder)]).toEqual([false, []]);
  });

  it('changes nothing in the database but its last result', async () => {
    const { path, settings, folder } = await setUp();
    const before = dump(path);
    // `dump` leaves SQLite's side files; closing a connection that may write removes them.
    openStore(path).close();
    expect((await runDoctor(settings)).line('database').status).toBe('ok');
    expect(readdirSync(folder)).toEqual(['parley.db']);
    expect(dump(path).filter((row) => !row.includes('"doctor"'))).toEqual(before);
  });

  it('names every variable that is wrong, and examines the rest', async () => {
    const { settings } = await setUp();
    const wrong = { JWT_SECRET: 'short', LOG_LEVEL: 'loud', REGISTRATION: 'maybe' };
    const { troubles, line, code } = await runDoctor({ ...settings, ...wrong });
    expect([troubles, code]).toEqual([['settings: fail'], 2]);
    for (const name of Object.keys(wrong)) expect(line('settings').result).toContain(`${name} is `);
    expect(line('settings').result).not.toContain('short');
  });

  it('names every line of turnserver.conf that is wrong', async () => {
    const { settings } = await setUp();
    const text = ['listening-port=http', 'realm=parley', 'extrenal-ip=203.0.113.9', 'max-bps=-1'];
    const path = clinic.write('wrong.conf', text.join('\n'));
    const { troubles, line } = await runDoctor({ ...settings, TURN_CONFIG: path });
    expect(troubles).toEqual(['relay_settings: fail']);
    for (const number of [1, 3, 4]) expect(line('relay_settings').result).toContain(`wrong.conf:${number}: `);
    expect(line('relay_settings').result).not.toContain('wrong.conf:2');
  });

  it('names a range of ports that is upside down', async () => {
    const { settings } = await setUp();
    const path = clinic.write('inverted.conf', 'min-port=60000\nmax-port=50000\n');
    const { troubles, line } = await runDoctor({ ...settings, TURN_CONFIG: path });
    expect(troubles).toEqual(['relay_settings: fail', 'port_range: fail']);
    expect(line('port_range').todo).toContain('min-port and max-port');
  });

  it("names the relay's certificate if the key is another's", async () => {
    const { settings } = await setUp();
    const [{ cert }, { pkey }] = [await clinic.authority.issue('one'), await clinic.authority.issue('two')];
    const path = clinic.write('pair.conf', `cert=${cert}\npkey=${pkey}\n`);
    const { troubles, line } = await runDoctor({ ...settings, TURN_CONFIG: path });
    expect(troubles).toEqual(['relay_settings: fail']);
    expect(line('relay_settings').result).toContain('cert and pkey');
  });

  it('names another program that has the port', async () => {
    const { settings } = await setUp();
    const other = createServer((_request, response) => response.end('hello')).listen(
      Number(settings.PORT),
      '127.0.0.1',
    );
    try {
      const { troubles, line } = await runDoctor(settings);
      expect(troubles).toEqual(['server: fail']);
      expect(line('server').todo).toContain('PORT');
    } finally {
      other.close();
    }
  });

  it('names a HOST that is no address of this machine', async () => {
    const { settings } = await setUp();
    const { troubles, line } = await runDoctor({ ...settings, HOST: '198.51.100.200' });
    expect(troubles).toEqual(['server: fail']);
    expect(line('server').todo).toContain('Set HOST');
  });

  it('names HTTP_PORT if another program has it', async () => {
    const { settings } = await setUp({ isStored: false });
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { cert, pkey } = await clinic.authority.issue('with-http-port');
      const { troubles, line } = await runDoctor({
        ...settings,
        TLS_CERT: cert,
        TLS_KEY: pkey,
        HTTP_PORT: String((other.address() as AddressInfo).port),
      });
      expect(troubles.filter((trouble) => !trouble.startsWith('turn_tls'))).toEqual(['server: fail']);
      expect(line('server').todo).toContain('HTTP_PORT');
    } finally {
      other.close();
    }
  });

  it('names a port of the relay that another program has', async () => {
    const { settings } = await setUp();
    const port = await freePort('0.0.0.0');
    const other = createServer().listen(port, '0.0.0.0');
    await once(other, 'listening');
    const path = clinic.write('port-taken.conf', `listening-port=${port}\n`);
    try {
      const { troubles, line } = await runDoctor({ ...settings, TURN_CONFIG: path });
      expect(troubles).toEqual(['turn: fail']);
      expect(line('turn').todo).toContain('listening-port');
      expect(line('turn').result).toContain(String(port));
    } finally {
      other.close();
    }
  });

  it('warns of few file descriptors', async () => {
    const { settings } = await setUp();
    const limited = (command: string, ...args: string[]) =>
      ['/bin/sh', ['-c', 'ulimit -n 512; exec "$0" "$@"', command, ...args]] as const;
    const { troubles, line, code } = await runDoctor(settings, limited);
    expect([troubles, code]).toEqual([['descriptors: warn'], 1]);
    expect(line('descriptors').todo).toMatch(/LimitNOFILE|ulimit -n/);
  });

  it.each([
    ['node', { nodeVersion: '18.19.0' }, /Node 18\.19\.0 is too old/],
    ['glibc', { glibcVersion: '2.17' }, /glibc 2\.17 is too old/],
    ['glibc', { glibcVersion: undefined }, /isn't glibc/],
  ] as const)('names what is too old for it: %s', async (id, machine, result) => {
    const { troubles, line } = await onMachine((await setUp()).settings, machine);
    expect(troubles).toEqual([`${id}: fail`]);
    expect(line(id).result).toMatch(result);
  });
});

describe('the doctor, at the database', () => {
  it('only says that another program has locked it', async () => {
    const { path, settings } = await setUp();
    const other = new Database(path);
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec("BEGIN EXCLUSIVE; INSERT INTO settings (name, value) VALUES ('a', 'b')");
    try {
      const { troubles, line } = await runDoctor(settings);
      expect(troubles).toEqual([]);
      expect(line('database').result).toContain('locked by another program');
    } finally {
      other.close();
    }
  });

  it('names one that is damaged', async () => {
    const { path, settings } = await setUp();
    const { size } = statSync(path);
    const file = openSync(path, 'r+');
    // All pages but the first.
    for (let at = 4_096; at < size; at += 4_096)
      writeSync(file, Buffer.alloc(2_000, 0xee), 0, 2_000, at + 50);
    const { troubles, line } = await runDoctor(settings);
    expect(troubles).toEqual(['database: fail']);
    expect(line('database').todo).toMatch(/backup.*parley restore/);
  });

  it.each([
    [
      'no database at all',
      (path: string) => writeSync(openSync(path, 'w'), 'hello '.repeat(1_000)),
      /damaged/,
    ],
    [
      "another program's",
      (path: string) => change(path, 'PRAGMA user_version = 0'),
      /belongs to another program/,
    ],
    [
      "a newer Parley's",
      (path: string) => change(path, 'PRAGMA user_version = 999'),
      /of version 999.*knows versions up to/,
    ],
  ] as const)('names one that is %s', async (_, harm, result) => {
    const { path, settings } = await setUp();
    harm(path);
    const { troubles, line } = await runDoctor(settings);
    expect(troubles).toEqual(['database: fail']);
    expect(line('database').result).toMatch(result);
    expect(line('database').result).toContain('DATABASE_PATH');
  });

  it('names one that its owner may not write to', async () => {
    const { path, settings } = await setUp();
    chmodSync(path, 0o400);
    const { troubles, line } = await runDoctor(settings);
    expect(troubles).toEqual(['space: fail']);
    expect(line('space').todo).toContain('DATABASE_PATH');
  });

  it.runIf(isRoot)('says so to somebody who may not read it, and examines the rest', async () => {
    const { path, folder, settings } = await setUp();
    chmodSync(path, 0o600);
    chmodSync(clinic.folder, 0o755);
    chmodSync(folder, 0o755);
    chownSync(path, 1, 1);
    const asNobody = (command: string, ...args: string[]) =>
      ['setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', command, ...args]] as const;
    const { troubles, line, code } = await runDoctor(settings, asNobody);
    expect([troubles, code]).toEqual([[], 0]);
    expect(line('database')).toMatchObject({ status: 'skip', result: expect.stringMatching(/may not read/) });
    expect(line('database').todo).toContain("as root or as the server's user");
  });

  it.runIf(isRoot && canMount())(
    'names a disk that is full, and one that is mounted for reading only',
    async () => {
      const { folder, path, settings } = await setUp({ isStored: false });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
      try {
        openStore(path).close();
        spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'rest')}`, 'bs=64k'], { stdio: 'ignore' });
        const full = await runDoctor(settings);
        expect(full.troubles).toEqual(['space: fail']);
        expect(full.line('space').todo).toMatch(/Free some space.*DATABASE_PATH/);
        expect(full.line('database').status).toBe('ok');
        execFileSync('mount', ['-o', 'remount,ro,size=64m', folder]);
        const fixed = await runDoctor(settings);
        expect(fixed.troubles).toEqual(['space: fail']);
        expect(fixed.line('space').result).toContain('EROFS');
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );
});

describe('the doctor, at the clock', () => {
  let directory: Server;
  let url: string;
  beforeAll(async () => {
    directory = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(directory, 'listening');
    url = `http://127.0.0.1:${(directory.address() as AddressInfo).port}/directory`;
  });
  afterAll(() => void directory.close());

  it.each([
    ['ahead', HOUR_MS],
    ['behind', -HOUR_MS],
  ])('names one that is an hour %s of ACME_DIRECTORY', async (_, aheadMs) => {
    const { settings } = await setUp();
    const { troubles, line } = await onMachine({ ...settings, ACME_DIRECTORY: url }, {}, aheadMs);
    expect(troubles).toEqual(['clock: fail']);
    expect(line('clock').result).toMatch(/the clock is 3(600|599|601) s (ahead of|behind) ACME_DIRECTORY/);
  });

  it('lets 30 s pass', async () => {
    const { settings } = await setUp();
    const { troubles, line } = await onMachine({ ...settings, ACME_DIRECTORY: url }, {}, 25_000);
    expect(troubles).toEqual([]);
    expect(line('clock').result).toBe('it agrees with ACME_DIRECTORY');
  });
});

function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** Every row of every table. */
function dump(path: string): string[] {
  const database = new Database(path, { readonly: true });
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
    .pluck()
    .all();
  const rows = tables.flatMap((table) =>
    database
      .prepare(`SELECT * FROM "${table}"`)
      .all()
      .map((row) => `${table}: ${JSON.stringify(row)}`),
  );
  database.close();
  return rows;
}

/** Whether this machine lets its root mount a file system; a container may not. */
function canMount(): boolean {
  const { status } = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], {
    stdio: 'ignore',
  });
  return status === 0;
}
