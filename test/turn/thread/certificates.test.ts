import { createPrivateKey } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StartError } from '../../../src/domain/errors.ts';
import { CHECK_MS } from '../../../src/turn/thread/machine-monitor.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { makeCertificate } from '../../support/server/certificate.ts';
import { startRelay, type TestRelay } from '../../support/turn/relay.ts';
import { TurnClient } from '../../support/turn/turn-client.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Pair {
  readonly cert: string;
  readonly key: string;
}

let first: Pair;
let second: Pair;
beforeAll(async () => {
  [first, second] = await Promise.all([pems(), pems()]);
});

async function pems(): Promise<Pair> {
  const { certText, pkey, remove } = await makeCertificate();
  const key = readFileSync(pkey, 'utf8');
  remove();
  return { cert: certText, key };
}

/** Files as certbot keeps them: `live` has symlinks to the newest ones in `archive`. */
class CertbotFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-certbot-'));
  readonly cert = join(this.folder, 'live', 'fullchain.pem');
  readonly pkey = join(this.folder, 'live', 'privkey.pem');
  #count = 0;

  constructor(pair: Pair) {
    for (const name of ['live', 'archive']) mkdirSync(join(this.folder, name));
    this.renew(pair);
  }

  renew(pair: Pair): void {
    this.turn('cert', pair.cert);
    this.turn('pkey', pair.key);
  }

  /** Switches one of the symlinks to a new file. */
  turn(which: 'cert' | 'pkey', text: string): void {
    const file = join(this.folder, 'archive', `${++this.#count}.pem`);
    writeFileSync(file, text);
    const fresh = `${this[which]}.new`;
    symlinkSync(file, fresh);
    renameSync(fresh, this[which]);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function folderWith(pair: Pair): CertbotFolder {
  const folder = new CertbotFolder(pair);
  open.push(folder);
  return folder;
}

async function relayWith(folder: CertbotFolder, conf: Parameters<typeof startRelay>[0] = {}) {
  const clock = new FakeClock(Date.now());
  const relay = await startRelay({ cert: folder.cert, pkey: folder.pkey, ...conf }, { clock });
  open.push(relay);
  return { relay, look: () => clock.advance(CHECK_MS) };
}

/** The certificate that a new TLS connection gets. */
function served(relay: TestRelay): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: '127.0.0.1', port: relay.endpoint.tlsPort, rejectUnauthorized: false },
      () => {
        const der = socket.getPeerCertificate().raw.toString('base64');
        socket.destroy();
        resolve(der);
      },
    );
    socket.on('error', reject);
  });
}

function der({ cert }: Pair): string {
  return cert.replace(/-----.*-----|\s/g, '');
}

function expectServed(relay: TestRelay, pair: Pair): Promise<void> {
  return expect.poll(() => served(relay), { interval: 20, timeout: 10_000 }).toBe(der(pair));
}

async function secureClient(relay: TestRelay): Promise<TurnClient> {
  const client = await TurnClient.connect({
    host: '127.0.0.1',
    port: relay.endpoint.tlsPort ?? 0,
    transport: 'tls',
    credentials: relay.credentials('ann'),
  });
  open.push(client);
  await client.allocate();
  return client;
}

const problems = ({ relay }: TestRelay) => relay.problems().map(({ code }) => code);

describe('a certificate that is renewed', () => {
  it('is used for new connections, while open ones stay open', async () => {
    const folder = folderWith(first);
    const { relay, look } = await relayWith(folder);
    const before = await secureClient(relay);
    expect(await served(relay)).toBe(der(first));
    folder.renew(second);
    look();
    await expectServed(relay, second);
    expect(await before.refresh()).toBe(600);
    expect(problems(relay)).toEqual([]);
    expect(relay.lines.join('')).toContain('the relay uses a new certificate');
  });

  it("isn't used while only the certificate or the key is new", async () => {
    const folder = folderWith(first);
    const { relay, look } = await relayWith(folder);
    folder.turn('cert', second.cert);
    look();
    expect(problems(relay)).toEqual(['certificate']);
    expect(await served(relay)).toBe(der(first));
    folder.turn('pkey', second.key);
    look();
    await expectServed(relay, second);
    expect(problems(relay)).toEqual([]);
  });

  it('may be overwritten in place', async () => {
    const folder = folderWith(first);
    const { relay, look } = await relayWith(folder);
    writeFileSync(folder.pkey, second.key);
    writeFileSync(folder.cert, second.cert);
    look();
    await expectServed(relay, second);
  });

  it('is used at once after reload()', async () => {
    const folder = folderWith(first);
    const { relay } = await relayWith(folder);
    folder.renew(second);
    relay.relay.reload();
    await expectServed(relay, second);
  });

  it.each<[string, (folder: CertbotFolder) => void]>([
    ['is gone', ({ cert }) => rmSync(cert)],
    ['is cut short', (folder) => folder.turn('cert', second.cert.slice(0, 300))],
    ['is empty', (folder) => folder.turn('pkey', '')],
    ['is no certificate', (folder) => folder.turn('cert', 'nonsense')],
    [
      'is a folder',
      ({ cert }) => {
        rmSync(cert);
        mkdirSync(cert);
      },
    ],
  ])('that %s is reported, and the old one is served until it is good again', async (_, spoil) => {
    const folder = folderWith(first);
    const { relay, look } = await relayWith(folder);
    spoil(folder);
    look();
    look();
    expect(problems(relay)).toEqual(['certificate']);
    expect(relay.relay.problems()[0]?.message).not.toContain(folder.folder);
    const complaints = relay.lines.filter((line) => line.includes("can't use the renewed certificate"));
    expect(complaints).toHaveLength(1);
    expect(await served(relay)).toBe(der(first));
    rmSync(folder.cert, { recursive: true, force: true });
    folder.renew(second);
    look();
    await expectServed(relay, second);
    expect(problems(relay)).toEqual([]);
  });

  it("doesn't keep the relay thread from restarting if it can't be read, and is reported", async () => {
    const folder = folderWith(first);
    const { relay, look } = await relayWith(folder);
    rmSync(folder.pkey);
    await relay.kill();
    look();
    await expect.poll(() => relay.relay.restarts(), { interval: 20, timeout: 10_000 }).toBe(1);
    await expect.poll(() => problems(relay), { interval: 20, timeout: 10_000 }).toEqual(['certificate']);
    await secureClient(relay);
    folder.renew(second);
    look();
    await expectServed(relay, second);
    expect(problems(relay)).toEqual([]);
  });

  it('is used by a thread that restarts later', async () => {
    const folder = folderWith(first);
    const { relay, look } = await relayWith(folder);
    folder.renew(second);
    look();
    await relay.kill();
    look();
    await expect.poll(() => problems(relay), { interval: 20, timeout: 10_000 }).toEqual([]);
    expect(await served(relay)).toBe(der(second));
  });

  it('is reported in /ready when it has expired', async () => {
    const folder = folderWith(first);
    const clock = new FakeClock(Date.now() + 50 * 365 * 86_400_000);
    const relay = await startRelay({ cert: folder.cert, pkey: folder.pkey }, { clock });
    open.push(relay);
    expect(relay.relay.problems()[0]?.message).toMatch(/^The relay's certificate expired on 20\d\d-/);
  });
});

describe('a certificate', () => {
  it('may have an encrypted key with pkey-pwd as its password', async () => {
    const encrypted = createPrivateKey(first.key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
      .toString();
    const folder = folderWith({ cert: first.cert, key: encrypted });
    const { relay } = await relayWith(folder, { pkeyPassword: 'open sesame' });
    expect(await served(relay)).toBe(der(first));
    await expect(relayWith(folder, { pkeyPassword: 'wrong' })).rejects.toThrow(StartError);
  });

  it("is refused at the start if its key doesn't match", async () => {
    const folder = folderWith({ cert: first.cert, key: second.key });
    await expect(relayWith(folder)).rejects.toThrow(/^the relay can't use its certificate: .*mismatch/);
  });
});
