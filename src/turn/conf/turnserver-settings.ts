import type { RelayConf } from './relay-conf.ts';
import { externalIp, host, onOff, port, range, realm, some, user, whole } from './turnserver-values.ts';

/**
 * coturn's keys that change nothing that a client of this relay would notice, so that its file can be kept as it is:
 * logs, processes, threads, its consoles, and what this relay never does.
 */
export const NO_EFFECT: ReadonlySet<string> = new Set([
  'no-dtls',
  'no-cli',
  'cli-ip',
  'cli-port',
  'cli-password',
  'cli-max-output-sessions',
  'no-tcp-relay',
  'no-loopback-peers',
  'no-rfc5780',
  'no-stun-backward-compatibility',
  'response-origin-only-with-rfc5780',
  'no-software-attribute',
  'no-tlsv1',
  'no-tlsv1_1',
  'pidfile',
  'syslog',
  'syslog-facility',
  'simple-log',
  'new-log-timestamp',
  'new-log-timestamp-format',
  'no-stdout-log',
  'log-file',
  'log-binding',
  'daemon',
  'proc-user',
  'proc-group',
  'relay-threads',
  'cpus',
  'sock-buf-size',
  'no-dynamic-ip-list',
  'no-dynamic-realms',
]);

/** Keys that would be missed, with what to know about them. */
export const NOT_HERE: ReadonlyMap<string, string> = new Map([
  ['no-auth', 'no-auth: ignored; this relay lets nobody in without credentials'],
  ['listening-device', 'listening-device: ignored; name its addresses with listening-ip'],
  ['relay-device', 'relay-device: ignored; name its address with relay-ip'],
  ['rest-api-separator', 'rest-api-separator: ignored; user names are <expiry>:<name>'],
]);

/** Their values are never shown, and are kept to the letter. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(['static-auth-secret', 'user', 'pkey-pwd']);

/** Texts: what follows `#` behind one of these belongs to it for coturn. */
export const TEXT_SETTINGS: ReadonlySet<string> = new Set([
  'listening-ip',
  'relay-ip',
  'external-ip',
  'denied-peer-ip',
  'allowed-peer-ip',
  'realm',
  'cert',
  'pkey',
]);

/**
 * @param soFar what the lines before have set
 * @returns what this line sets; undefined: the key is not known
 * @throws Expectation
 */
export function readSetting(key: string, value: string, soFar: RelayConf): Partial<RelayConf> | undefined {
  return SETTINGS.get(key)?.(value, soFar);
}

/** Bytes of a realm that coturn keeps. */
const COTURN_REALM_BYTES = 127;

/** @returns how coturn reads a line otherwise that both accept; undefined: it doesn't */
export function difference(key: string, value: string): string | undefined {
  if (key === 'realm' && Buffer.byteLength(value) > COTURN_REALM_BYTES) {
    return `realm: coturn cuts it after ${COTURN_REALM_BYTES} bytes, so the two would differ`;
  }
  if (key === 'use-auth-secret' && !onOff(value)) {
    return 'use-auth-secret: off here, but coturn switches it on whatever the value';
  }
  if ((key === 'denied-peer-ip' || key === 'allowed-peer-ip') && value.includes('/')) {
    return `${key}: coturn reads no prefixes and passes over this line; write a range for it`;
  }
  return undefined;
}

type Read = (value: string, soFar: RelayConf) => Partial<RelayConf>;

const COUNT = [0, 1_000_000] as const;
const RATE = [0, Number.MAX_SAFE_INTEGER] as const;
/** Seconds; coturn keeps them in an int. */
const LIFETIME = [1, 2 ** 31 - 1] as const;
const PEM = 'the path of a PEM file';
/** Seconds: what coturn means by these keys without a value, and by 0 in the second. */
const STALE_NONCE = 600;
const MAX_ALLOCATE_LIFETIME = 3_600;
const CHANNEL_LIFETIME = 600;
const PERMISSION_LIFETIME = 300;

const SETTINGS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['listening-port', (value) => ({ listeningPort: port(value) })],
  ['tls-listening-port', (value) => ({ tlsListeningPort: port(value) })],
  ['listening-ip', (value, { listeningIps }) => ({ listeningIps: [...listeningIps, host(value)] })],
  ['relay-ip', (value, { relayIps }) => ({ relayIps: [...relayIps, host(value)] })],
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
  ['max-bps', (value) => ({ maxBps: whole(value, ...RATE), maxBpsOfUser: false })],
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
  ['pkey-pwd', (value) => ({ pkeyPassword: some(value, 'the password of the key') })],
  ['stale-nonce', (value) => ({ staleNonce: seconds(value, STALE_NONCE, 0) })],
  [
    'max-allocate-lifetime',
    (value) => ({
      maxAllocateLifetime: seconds(value, MAX_ALLOCATE_LIFETIME, 0) || MAX_ALLOCATE_LIFETIME,
    }),
  ],
  ['channel-lifetime', (value) => ({ channelLifetime: seconds(value, CHANNEL_LIFETIME) })],
  ['permission-lifetime', (value) => ({ permissionLifetime: seconds(value, PERMISSION_LIFETIME) })],
  ['fingerprint', (value) => ({ fingerprint: onOff(value) })],
  ['verbose', (value) => ({ verbose: onOff(value) })],
  ['Verbose', (value) => ({ verbose: onOff(value) })],
]);

/** @param alone what the key alone means */
function seconds(value: string, alone: number, least: number = LIFETIME[0]): number {
  return value === '' ? alone : whole(value, least, LIFETIME[1]);
}
