import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { parseTurnserverConf } from '../../../src/turn/conf/turnserver-conf.ts';
import { makeCredentials } from '../../../src/turn/ice/credentials.ts';
import { makeCertificate, type TestCertificate } from '../../support/server/certificate.ts';
import { freePort, start } from '../../support/server/process.ts';
import { Answer } from '../../support/turn/answer.ts';
import { startRelay } from '../../support/turn/relay.ts';
import { TurnClient } from '../../support/turn/turn-client.ts';

const SECRET = 'n0rth-and-s0uth';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

let certificate: TestCertificate;
beforeAll(async () => {
  certificate = await makeCertificate();
  return () => certificate.remove();
});

/** Settings as guides for coturn recommend them, with the addresses of this machine. */
const FILES: Readonly<Record<string, () => string>> = {
  'of a Matrix server': () => `
use-auth-secret
static-auth-secret=${SECRET}
realm=turn.matrix.example.org
syslog

# VoIP traffic is all UDP.
no-tcp-relay

# private networks
denied-peer-ip=10.0.0.0-10.255.255.255
denied-peer-ip=192.168.0.0-192.168.255.255
denied-peer-ip=172.16.0.0-172.31.255.255
no-multicast-peers
denied-peer-ip=0.0.0.0-0.255.255.255
denied-peer-ip=::1
denied-peer-ip=64:ff9b::-64:ff9b::ffff:ffff
denied-peer-ip=::ffff:0.0.0.0-::ffff:255.255.255.255
denied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
allowed-peer-ip=10.0.0.1

user-quota=12 # 4 streams per video call, so 12 streams = 3 simultaneous relayed calls per user.
total-quota=1200
cert=${certificate.cert}
pkey=${certificate.pkey}
`,
  'of a chat with video': () => `
fingerprint
use-auth-secret
static-auth-secret=${SECRET}
realm=cloud.department.university.example
total-quota=0
bps-capacity=0
stale-nonce
no-multicast-peers
no-stdout-log
`,
  'of a conference server': () => `
# conference config. Do not modify this line
use-auth-secret
keep-address-family
static-auth-secret=${SECRET}
realm=meet.conference.example.com
cert=${certificate.cert}
pkey=${certificate.pkey}
no-multicast-peers
no-cli
no-loopback-peers
no-tcp-relay
no-tlsv1
no-tlsv1_1
cipher-list=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256
denied-peer-ip=240.0.0.0-255.255.255.255
`,
  'of a classroom': () => `
external-ip=127.0.0.1/127.0.0.1
min-port=32769
max-port=65535
fingerprint
lt-cred-mech
use-auth-secret
static-auth-secret=${SECRET}
realm=bbb-turn.school-district.example.com
cipher-list="ECDH+AESGCM:ECDH+CHACHA20"
no-rfc5780
no-stun-backward-compatibility
response-origin-only-with-rfc5780
max-allocate-lifetime=86400
stale-nonce=0
`,
  'with a host name for an address': () => `
use-auth-secret
static-auth-secret = ${SECRET}
realm	"turn.by-name.example.org"
external-ip=localhost
no-tcp-relay
`,
  'with words of all kinds': () => `
   use-auth-secret   # the REST way
static-auth-secret "${SECRET}"
realm    words.example.org
no-tls=t
no-dtls true
fingerprint=f
no-multicast-peers = yes
no-tcp-relay on
stale-nonce=30;
max-allocate-lifetime 7200   # two hours
channel-lifetime=900
permission-lifetime	200
`,
};

async function bothWith(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-coturn-'));
  open.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'turnserver.conf');
  const port = await freePort();
  const here = [`listening-port=${port}`, `tls-listening-port=${await freePort()}`, 'listening-ip=127.0.0.1'];
  const process = [`pidfile=${join(folder, 'pid')}`, `log-file=${join(folder, 'log')}`, 'simple-log'];
  writeFileSync(file, [...here, ...process, text].join('\n'));
  const { conf, warnings } = parseTurnserverConf(readFileSync(file, 'utf8'), file);
  const ours = await startRelay({ ...conf, listeningPort: 0, tlsListeningPort: 0 });
  open.push(() => ours.close());
  const coturn = start('turnserver', ['-c', file]);
  open.push(() => coturn.stop());
  const answers = async () => {
    expect(coturn.alive(), coturn.output()).toBe(true);
    return (await ask(port, 200)) !== undefined;
  };
  await expect.poll(answers, { interval: 50, timeout: 20_000 }).toBe(true);
  return { coturnPort: port, ourPort: ours.endpoint.port, warnings };
}

/** The 401 to a first Allocate. */
async function ask(port: number, ms: number): Promise<Answer | undefined> {
  const socket = createSocket('udp4');
  const question = new MessageWriter(METHOD.allocate, CLASS.request, Buffer.alloc(12, 7));
  question.uint32(ATTRIBUTE.requestedTransport, 17 * 2 ** 24);
  try {
    socket.send(question.finish(undefined, false), port, '127.0.0.1');
    const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(ms) });
    return new Answer(bytes);
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** What a client sees of a server: realm, whether it accepts REST credentials, the max lifetime, the address. */
async function seen(port: number) {
  const refusal = await ask(port, 5_000);
  const credentials = makeCredentials(SECRET, Date.now() / 1000 + 600, 'ann');
  const client = await TurnClient.connect({ host: '127.0.0.1', port, credentials });
  const { address } = await client.allocate();
  const longest = await client.refresh(1_000_000);
  client.close();
  return {
    result: refusal?.result,
    realm: refusal?.attribute(ATTRIBUTE.realm)?.toString(),
    address,
    longest,
  };
}

describe('a turnserver.conf that coturn accepts', () => {
  it.each(Object.entries(FILES))('%s shows clients the same on both', async (_, text) => {
    const { coturnPort, ourPort } = await bothWith(text());
    const theirs = await seen(coturnPort);
    expect(theirs.realm?.length).toBeGreaterThan(16);
    expect(await seen(ourPort)).toEqual(theirs);
  });

  it('may have every line of coturn’s own example that has a value', () => {
    const example = '/usr/share/doc/coturn/examples/etc/turnserver.conf';
    if (!existsSync(example)) throw new Error(`${example} is missing: install coturn`);
    const lines = readFileSync(example, 'utf8').split('\n');
    // Commented lines are meant to be used, except for placeholders such as <user-name>.
    const options = lines.flatMap((line) => /^#?([a-z][\w-]+(?:[= ]\S+)?)$/i.exec(line)?.[1] ?? []);
    const known = options.filter((line) => !/[<[]|^ne=|^user=|\.\.\.$|[a-z]:$/.test(line));
    expect(known.length).toBeGreaterThan(90);
    for (const line of known) expect(() => parseTurnserverConf(line, example), line).not.toThrow(/is "/);
    const users = options.filter((line) => line.startsWith('user='));
    expect(users.length).toBeGreaterThan(3);
    for (const line of users) expect(parseTurnserverConf(line, example).conf.users.size).toBe(1);
  });
});
