import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowserOn } from '../support/browser/browser.ts';
import { Person } from '../support/browser/person.ts';
import { DebianRoot } from '../support/packaging/debian-root.ts';
import { type Directory, startDirectory } from '../support/packaging/directory.ts';
import { madePackage } from '../support/packaging/made-package.ts';
import { Service } from '../support/packaging/service.ts';
import { type Running, run } from '../support/server/process.ts';
import { type NatNetwork, natNetwork, type TestHost } from '../support/turn/netns.ts';

const DOMAIN = 'calls.example.org';
const HOME = `https://${DOMAIN}`;
/** Making the package and the first Debian takes minutes on a busy machine. */
const SLOW_MS = 600_000;
const CONF = '/etc/parley/turnserver.conf';
const BACKUP = '/var/lib/parley/copy.db';

const Report = v.object({
  status: v.string(),
  lines: v.array(v.object({ id: v.string(), status: v.string(), result: v.string() })),
});

/** A machine with nothing but Debian and the package, two homes behind NATs, and a directory of certificates. */
describe('on a server', () => {
  // natNetwork() reports it if nothing could be tested.
  const network: NatNetwork | undefined = natNetwork('strict');
  const folder = mkdtempSync(join(tmpdir(), 'parley-server-'));
  const open: { close(): Promise<void> | void }[] = [];
  let root: DebianRoot;
  let service: Service;
  let directory: Directory;
  let server: Running;
  let ada: Person;
  let ben: Person;
  let link: string;

  beforeAll(async () => {
    if (network === undefined) return;
    const { deb } = madePackage();
    root = new DebianRoot(network.relay.within);
    open.push(root);
    root.copy(deb, '/root/parley.deb');
    directory = await startDirectory(network.relay, { [DOMAIN]: network.relay.address }, folder);
    open.push({ close: directory.stop });
  }, SLOW_MS);
  afterAll(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
    network?.close();
    rmSync(folder, { recursive: true });
  });

  const names = (address: string) => root.write('/etc/hosts', `127.0.0.1 localhost\n${address} ${DOMAIN}\n`);

  it.runIf(network)('installs, starts with --domain, and gets its certificate', async () => {
    await root.sure(['dpkg', '--install', '/root/parley.deb']);
    root.copy(directory.trusted, '/etc/parley/trusted.pem');
    await root.sure(['chmod', '644', '/etc/parley/trusted.pem']);
    root.write(
      '/etc/parley/parley.env',
      `DOMAIN=${DOMAIN}\nACME_DIRECTORY=${directory.url}\nNODE_EXTRA_CA_CERTS=/etc/parley/trusted.pem\n`,
    );
    names(network?.relay.address ?? '');
    service = new Service(root);
    await startAgain();
    await server.says(/got a certificate/, 60_000);
    expect(await get('/ready')).toContain('"certificate":"acme"');
  });

  it.runIf(network)(
    'carries a call between two homes through HTTPS and its relay',
    { timeout: 180_000 },
    async () => {
      if (network === undefined) return;
      ada = await arrive(network.one, 'Ada');
      ben = await arrive(network.other, 'Ben');
      link = await ada.startCall(HOME);
      expect(link).toMatch(/^https:\/\/calls\.example\.org\/connect\//);
      await ada.join(link);
      await ben.join(link);
      await Promise.all([ada.hearsAndSees(1), ben.hearsAndSees(1)]);
      await Promise.all([
        ada.expectPath('Ben', /^Relayed, over (UDP|TCP|TLS)$/),
        ben.expectPath('Ada', /^Relayed, over (UDP|TCP|TLS)$/),
      ]);
    },
  );

  it.runIf(network)('is healthy, and told so by its doctor', { timeout: 60_000 }, async () => {
    expect(await failures()).toEqual([]);
    const ok = (await report()).filter(({ status }) => status === 'ok').map(({ id }) => id);
    expect(ok).toEqual(
      expect.arrayContaining(['certificate', 'here', 'websocket', 'external_ip', 'turn_udp']),
    );
  });

  it.runIf(network)(
    'is broken in three ways, each of which its doctor names',
    { timeout: 180_000 },
    async () => {
      if (network === undefined) return;
      const conf = root.read(CONF);
      root.write(CONF, `${conf}external-ip=10.1.2.3\n`);
      expect(await failures()).toContainEqual(expect.stringMatching(/^external_ip: .*10\.1\.2\.3/));
      root.write(CONF, conf);

      names('192.168.1.10');
      expect(await failures()).toContainEqual(expect.stringMatching(/^(public_url|here): /));
      names(network.relay.address);

      await nft(
        'add table ip broken; add chain ip broken in { type filter hook input priority 0; }; add rule ip broken in udp dport 3478 drop',
      );
      expect(await failures()).toContainEqual(expect.stringMatching(/^turn_udp: /));
      await nft('delete table ip broken');
      expect(await failures()).toEqual([]);
    },
  );

  it.runIf(network)(
    'is backed up, killed and restored, and the call goes on',
    { timeout: 180_000 },
    async () => {
      await root.sure(['parleyctl', 'backup', BACKUP]);
      await server.stop('SIGKILL');
      await root.sure(['sh', '-c', 'rm /var/lib/parley/parley.db*']);
      await root.sure(['parleyctl', 'restore', BACKUP]);
      await startAgain();
      expect(await get('/ready')).toContain('"certificate":"acme"');
      await Promise.all([ada.inCall(), ben.inCall()]);
      await Promise.all([ada.hearsAndSees(1), ben.hearsAndSees(1)]);
      expect(await failures()).toEqual([]);
    },
  );

  async function startAgain(): Promise<void> {
    const started = await service.start(['--domain', DOMAIN]);
    server = started;
    open.push({ close: () => started.stop('SIGKILL') });
  }

  async function report(): Promise<v.InferOutput<typeof Report>['lines']> {
    const { output } = await root.run(['parleyctl', 'doctor', '--json']);
    return v.parse(Report, JSON.parse(output)).lines;
  }

  /** The lines of the doctor's report that tell of a failure or a warning, as `id: result`. */
  async function failures(): Promise<string[]> {
    return (await report())
      .filter(({ status }) => status === 'fail' || status === 'warn')
      .map(({ id, result }) => `${id}: ${result}`);
  }

  async function arrive(host: TestHost, name: string): Promise<Person> {
    const browser = await launchBrowserOn(host, HOME, [
      `--host-resolver-rules=MAP ${DOMAIN} ${network?.relay.address}`,
      `--ignore-certificate-errors-spki-list=${publicKeyHash(directory.intermediate)}`,
    ]);
    open.push(browser);
    return Person.arrive(browser, { name });
  }

  /** As a client at home that trusts the directory. */
  async function get(path: string): Promise<string> {
    const at = `${DOMAIN}:443:${network?.relay.address}`;
    const words = ['curl', '--silent', '--cacert', directory.trusted, '--resolve', at, HOME + path];
    const [command = '', ...args] = words;
    return network === undefined ? '' : (await run(...network.one.within(command, ...args))).output;
  }

  async function nft(rules: string): Promise<void> {
    if (network === undefined) return;
    const { code, output } = await run(...network.relay.within('nft', rules));
    if (code !== 0) throw new Error(output);
  }
});

function publicKeyHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
