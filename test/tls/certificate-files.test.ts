import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { StartError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/lib/log.ts';
import type { Certificate, Pair } from '../../src/tls/certificate.ts';
import { CertificateFiles, LOOK_MS } from '../../src/tls/certificate-files.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { makeCa } from '../support/tls/ca.ts';

const NAME = 'calls.example.org';
let first: Pair;
let second: Pair;
beforeAll(() => {
  const ca = makeCa();
  first = ca.issue([NAME]);
  second = ca.issue([NAME, 'www.example.org']);
});

function setUp() {
  const folder = temporaryFolder();
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const write = ({ cert, key }: Partial<Pair>) => {
    if (cert !== undefined) writeFileSync(paths.cert, cert);
    if (key !== undefined) writeFileSync(paths.key, key);
  };
  const clock = new FakeClock(Date.now());
  const logged: string[] = [];
  const note = (message: string, fields: object = {}) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const used: Certificate[] = [];
  const open = (use = (certificate: Certificate) => void used.push(certificate)) => {
    const files = new CertificateFiles({ ...paths, name: NAME, clock, log, use });
    files.watch();
    return files;
  };
  return { folder, paths, write, clock, logged, used, open };
}

describe('TLS_CERT and TLS_KEY', () => {
  it('are refused at the start, by name, if they are no good', () => {
    const { open, write } = setUp();
    expect(() => open()).toThrow(StartError);
    write({ ...first, key: second.key });
    expect(() => open()).toThrow(/^TLS_KEY is ".*": the key doesn't belong to the certificate\.$/);
  });

  it('are taken up when both have changed and have settled, without a word in between', () => {
    const { open, write, clock, used, logged } = setUp();
    write(first);
    const files = open();
    clock.advance(10 * LOOK_MS);
    expect(used).toEqual([]);
    write({ cert: second.cert });
    clock.advance(LOOK_MS);
    write({ key: second.key });
    clock.advance(2 * LOOK_MS);
    expect(used.map(({ cert }) => cert)).toEqual([second.cert]);
    expect(files.current.names).toEqual([NAME, 'www.example.org']);
    expect(logged).toHaveLength(1);
    expect(2 * LOOK_MS).toBeLessThan(60_000);
  });

  it('are taken up through the symlinks that certbot moves', () => {
    const { folder, paths, open, clock, used } = setUp();
    for (const [name, pair] of [
      ['1', first],
      ['2', second],
    ] as const) {
      writeFileSync(join(folder, `cert${name}.pem`), pair.cert);
      writeFileSync(join(folder, `key${name}.pem`), pair.key);
    }
    symlinkSync('cert1.pem', paths.cert);
    symlinkSync('key1.pem', paths.key);
    open();
    for (const kind of ['cert', 'key'] as const) {
      symlinkSync(`${kind}2.pem`, join(folder, 'new'));
      renameSync(join(folder, 'new'), paths[kind]);
    }
    clock.advance(2 * LOOK_MS);
    expect(used.map(({ key }) => key)).toEqual([second.key]);
  });

  it('are taken up at once when told so', () => {
    const { open, write, used } = setUp();
    write(first);
    const files = open();
    write(second);
    files.reload();
    expect(used).toHaveLength(1);
    files.reload();
    expect(used).toHaveLength(1);
  });

  it('stay as they were while what is there is no good, which is told once, and whenever they are to be read', () => {
    const { paths, open, write, clock, used, logged } = setUp();
    write(first);
    const files = open();
    write({ key: 'half a k' });
    clock.advance(4 * LOOK_MS);
    expect([used.length, logged.length]).toEqual([0, 1]);
    files.reload();
    expect([used.length, logged.length]).toEqual([0, 2]);
    expect(logged[0]).toContain('expected a private key in PEM');
    expect(files.lastError).toContain('TLS_KEY is');
    rmSync(paths.cert);
    clock.advance(2 * LOOK_MS);
    expect(files.lastError).toContain('there is no such file');
    write(first);
    clock.advance(2 * LOOK_MS);
    expect(files.lastError).toBeUndefined();
    expect(used).toEqual([]);
    write(second);
    clock.advance(2 * LOOK_MS);
    expect(used).toHaveLength(1);
  });

  it('stay as they were if the new ones have expired, or cannot be put in use', () => {
    const { open, write, clock, logged } = setUp();
    write(first);
    const files = open(() => {
      throw new Error('App construction failed');
    });
    write(second);
    clock.advance(2 * LOOK_MS);
    expect(logged.join()).toContain('could not be put in use');
    expect(files.current.cert).toBe(first.cert);
    expect(files.lastError).toContain('App construction failed');
    clock.jump(40 * 86_400_000);
    files.reload();
    expect(files.lastError).toContain('it expired on');
    files.close();
    expect(clock.pending).toBe(0);
  });
});
