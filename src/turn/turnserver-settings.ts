import { type AddressRange, parseAddress, parseRange } from './codec/addresses.ts';
import { type ExternalIp, REALM_BYTES, type RelayConf, type UserSecret } from './relay-conf.ts';

/** A value is malformed; `message` says what it should have been. */
export class Expectation extends Error {
  override readonly name = 'Expectation';
}

/** coturn's keys that say nothing to this relay, so that its file can be kept as it is. */
export const NO_EFFECT: ReadonlySet<string> = new Set([
  'no-dtls',
  'no-cli',
  'no-tcp-relay',
  'pidfile',
  'simple-log',
  'proc-user',
  'proc-group',
  'log-file',
]);

/** Their values are never shown. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(['static-auth-secret', 'user']);

/**
 * @param soFar what the lines before have set
 * @returns what this line sets; undefined: the key is not known
 * @throws Expectation
 */
export function readSetting(key: string, value: string, soFar: RelayConf): Partial<RelayConf> | undefined {
  return SETTINGS.get(key)?.(value, soFar);
}

type Read = (value: string, soFar: RelayConf) => Partial<RelayConf>;

const HOUR = 3600;
const COUNT = [0, 1_000_000] as const;
const RATE = [0, Number.MAX_SAFE_INTEGER] as const;
const LIFETIME = [60, HOUR] as const;
const PEM = 'the path of a PEM file';

const SETTINGS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['listening-port', (value) => ({ listeningPort: port(value) })],
  ['tls-listening-port', (value) => ({ tlsListeningPort: port(value) })],
  ['listening-ip', (value, { listeningIps }) => ({ listeningIps: [...listeningIps, address(value)] })],
  ['relay-ip', (value, { relayIps }) => ({ relayIps: [...relayIps, address(value)] })],
  ['external-ip', (value, { externalIps }) => ({ externalIps: [...externalIps, externalIp(value)] })],
  ['min-port', (value) => ({ minPort: port(value) })],
  ['max-port', (value) => ({ maxPort: port(value) })],
  ['realm', (value) => ({ realm: realm(value) })],
  ['use-auth-secret', (value) => ({ useAuthSecret: onOff(value) })],
  [
    'static-auth-secret',
    (value, { staticAuthSecrets }) => ({
      staticAuthSecrets: [...staticAuthSecrets, some(value, 'a secret')],
    }),
  ],
  ['lt-cred-mech', (value) => ({ ltCredMech: onOff(value) })],
  ['user', (value, { users }) => ({ users: new Map([...users, user(value)]) })],
  ['user-quota', (value) => ({ userQuota: whole(value, ...COUNT) })],
  ['total-quota', (value) => ({ totalQuota: whole(value, ...COUNT) })],
  ['max-bps', (value) => ({ maxBps: whole(value, ...RATE) })],
  ['bps-capacity', (value) => ({ bpsCapacity: whole(value, ...RATE) })],
  ['denied-peer-ip', (value, { deniedPeers }) => ({ deniedPeers: [...deniedPeers, range(value)] })],
  ['allowed-peer-ip', (value, { allowedPeers }) => ({ allowedPeers: [...allowedPeers, range(value)] })],
  ['allow-loopback-peers', (value) => ({ allowLoopbackPeers: onOff(value) })],
  ['no-multicast-peers', (value) => ({ noMulticastPeers: onOff(value) })],
  ['no-udp', (value) => ({ udp: !onOff(value) })],
  ['no-tcp', (value) => ({ tcp: !onOff(value) })],
  ['no-tls', (value) => ({ tls: !onOff(value) })],
  ['cert', (value) => ({ cert: some(value, PEM) })],
  ['pkey', (value) => ({ pkey: some(value, PEM) })],
  // Without a value coturn means its own default.
  ['stale-nonce', (value) => ({ staleNonce: value === '' ? 600 : whole(value, 60, 24 * HOUR) })],
  ['max-allocate-lifetime', (value) => ({ maxAllocateLifetime: whole(value, ...LIFETIME) })],
  ['channel-lifetime', (value) => ({ channelLifetime: whole(value, ...LIFETIME) })],
  ['permission-lifetime', (value) => ({ permissionLifetime: whole(value, ...LIFETIME) })],
  ['fingerprint', (value) => ({ fingerprint: onOff(value) })],
  ['verbose', (value) => ({ verbose: onOff(value) })],
]);

function whole(value: string, least: number, most: number): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Expectation(`a whole number from ${least} to ${most}`);
}

function port(value: string): number {
  return whole(value, 1, 65_535);
}

/** A key alone means yes. */
function onOff(value: string): boolean {
  if (/^(?:|1|on|yes|true)$/i.test(value)) return true;
  if (/^(?:0|off|no|false)$/i.test(value)) return false;
  throw new Expectation('nothing, or one of on, yes, true, 1, off, no, false, 0');
}

function some(value: string, what: string): string {
  if (value === '') throw new Expectation(what);
  return value;
}

function address(value: string): string {
  const parsed = parseAddress(value);
  if (parsed === undefined) throw new Expectation('an IP address, such as 203.0.113.7 or 2001:db8::7');
  return parsed.text;
}

function externalIp(value: string): ExternalIp {
  const [publicText = '', privateText, ...more] = value.split('/');
  const publicAddress = parseAddress(publicText);
  const privateAddress = privateText === undefined ? undefined : parseAddress(privateText);
  const families = privateAddress === undefined || privateAddress.family === publicAddress?.family;
  const lacks = privateText !== undefined && privateAddress === undefined;
  if (publicAddress === undefined || lacks || !families || more.length > 0) {
    throw new Expectation('public or public/private, such as 203.0.113.7/10.0.0.7');
  }
  return { publicAddress: publicAddress.text, privateAddress: privateAddress?.text };
}

function range(value: string): AddressRange {
  const parsed = parseRange(value);
  if (parsed === undefined) throw new Expectation('an address or a range, such as 10.0.0.0-10.255.255.255');
  return parsed;
}

function realm(value: string): string {
  const bytes = Buffer.byteLength(value);
  if (bytes > 0 && bytes <= REALM_BYTES && !value.includes('"')) return value;
  throw new Expectation(
    `1 to ${REALM_BYTES} bytes without quotes: a longer one makes answers to strangers large`,
  );
}

function user(value: string): [name: string, secret: UserSecret] {
  const colon = value.indexOf(':');
  const name = value.slice(0, Math.max(colon, 0));
  const secret = value.slice(colon + 1);
  if (name === '' || secret === '') throw new Expectation('name:password, or name:0x<key in hex>');
  if (!secret.startsWith('0x')) return [name, { kind: 'password', password: secret }];
  if (!/^0x[0-9a-f]{32}$/i.test(secret))
    throw new Expectation('a key of 32 hex digits: MD5(name:realm:password)');
  return [name, { kind: 'key', key: Buffer.from(secret.slice(2), 'hex') }];
}
