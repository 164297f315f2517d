import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../doctor/authority.ts';
import { type Running, run, start } from '../server/process.ts';
import type { TestHost } from '../turn/netns.ts';

const PORT = 14_000;
const MANAGEMENT_PORT = 15_000;

/** Pebble in place of Let's Encrypt, on a host of a test network. */
export interface Directory {
  readonly url: string;
  /** Path of a file with the certificates that whoever uses it must trust: its own CA and the one it signs with. */
  readonly trusted: string;
  /** The certificate that it signs with, in PEM. */
  readonly intermediate: string;
  stop(): Promise<void>;
}

/**
 * @param names addresses by host name, which it finds as if by DNS
 * @param folder for its files
 */
export async function startDirectory(
  host: TestHost,
  names: Readonly<Record<string, string>>,
  folder: string,
): Promise<Directory> {
  const authority = await createAuthority(folder);
  const own = await authority.issue('pebble');
  const [config, hosts, trusted] = ['pebble.json', 'hosts', 'trusted.pem'].map((name) => join(folder, name));
  if (config === undefined || hosts === undefined || trusted === undefined) throw new Error('unreachable');
  const settings = {
    listenAddress: `127.0.0.1:${PORT}`,
    managementListenAddress: `127.0.0.1:${MANAGEMENT_PORT}`,
    certificate: own.cert,
    privateKey: own.pkey,
    httpPort: 80,
    tlsPort: 443,
    certificateValidityPeriod: 90 * 86_400,
  };
  writeFileSync(config, JSON.stringify({ pebble: settings }));
  writeFileSync(
    hosts,
    ['127.0.0.1 localhost', ...Object.entries(names).map(([name, ip]) => `${ip} ${name}`), ''].join('\n'),
  );
  const mount = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
  const program = [
    'unshare',
    '--mount',
    'sh',
    '-c',
    mount,
    'sh',
    hosts,
    'pebble',
    '-config',
    config,
  ] as const;
  const pebble: Running = start(...host.within(...program), { PEBBLE_VA_NOSLEEP: '1' });
  await pebble.says(/ACME directory available/);
  const fetched = async (path: string): Promise<string> => {
    const url = `https://127.0.0.1:${MANAGEMENT_PORT}/${path}`;
    return (await run(...host.within('curl', '--silent', '--insecure', url))).output;
  };
  writeFileSync(trusted, `${readFileSync(authority.root, 'utf8')}\n${await fetched('roots/0')}`);
  return {
    url: `https://localhost:${PORT}/dir`,
    trusted,
    intermediate: await fetched('intermediates/0'),
    stop: () => pebble.stop(),
  };
}
