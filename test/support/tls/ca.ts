import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../../src/tls/certificate.ts';

export interface IssueOptions {
  /** As `openssl genpkey` takes it. Default: P-256. */
  readonly algorithm?: readonly string[];
  /** Both by this machine's clock, in days from now. Default: yesterday to in 30 days. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** A CA of its own, by the openssl program: another implementation than the one that is tested. */
export interface TestCa {
  /** Its certificate, in PEM. */
  readonly cert: string;
  issue(names: readonly string[], options?: IssueOptions): Pair;
}

const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;

export function makeCa(): TestCa {
  const authority = inFolder((folder) => {
    openssl(folder, ['genpkey', ...P256, '-out', 'ca.key']);
    openssl(folder, [
      'req',
      '-x509',
      '-key',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=Test CA',
      '-days',
      '60',
    ]);
    return {
      cert: readFileSync(join(folder, 'ca.pem'), 'utf8'),
      key: readFileSync(join(folder, 'ca.key'), 'utf8'),
    };
  });
  return {
    cert: authority.cert,
    issue: (names, options = {}) => inFolder((folder) => issue(folder, authority, names, options)),
  };
}

function issue(folder: string, authority: Pair, names: readonly string[], options: IssueOptions): Pair {
  const { algorithm = P256, fromDays = -1, toDays = 30 } = options;
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  writeFileSync(join(folder, 'ca.key'), authority.key);
  writeFileSync(join(folder, 'index.txt'), '');
  const alt = names.map((name) => `DNS:${name}`).join(',');
  writeFileSync(join(folder, 'ca.cnf'), CA_CONFIG.replace('NAMES', alt));
  openssl(folder, ['genpkey', ...algorithm, '-out', 'own.key']);
  openssl(folder, ['req', '-new', '-key', 'own.key', '-out', 'own.csr', '-subj', '/CN=server']);
  const dates = ['-startdate', stamp(fromDays), '-enddate', stamp(toDays)];
  openssl(folder, [
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    '-in',
    'own.csr',
    '-out',
    'own.pem',
    '-notext',
    ...dates,
  ]);
  const own = readFileSync(join(folder, 'own.pem'), 'utf8');
  return { cert: own + authority.cert, key: readFileSync(join(folder, 'own.key'), 'utf8') };
}

const CA_CONFIG = `
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = server
unique_subject = no
[any]
commonName = supplied
[server]
subjectAltName = NAMES
`;

function stamp(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(0, 14)}Z`.replace('ZZ', 'Z');
}

function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'parley-ca-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns what it writes. */
export function openssl(folder: string, args: readonly string[]): string {
  return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}
