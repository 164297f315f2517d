import type { RelayConf } from './relay-conf.ts';
import { externalIp, host, onOff, port, range, realm, some, user, whole } from './turnserver-values.ts';

/**
 * coturn's keys that are accepted without effect, so that its files can be used unchanged: logging, processes, threads, consoles,
 * and features that this relay doesn't have.
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

/** coturn's keys that are ignored with a warning of their own, because users rely on them. */
export const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['no-auth', 'no-auth: ignored; this relay always requires credentials'],
  ['listening-device', 'listening-device: ignored; set listening-ip to its addresses'],
  ['relay-device', 'relay-device: ignored; set relay-ip to its address'],
  ['rest-api-separator', 'rest-api-separator: ignored; user names are <expiry>:<name>'],
]);

/** Keys whose values are never shown, and are taken literally. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(['static-auth-secret', 'user', 'pkey-pwd']);

/** Keys with a text as the value, which in coturn includes a `#` and what follows it. */
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
 * Reads one line.
 * @param soFar what the lines before have set
 * @returns what this line sets; undefined if the key is unknown
 * @throws Expectation if the value is malformed
 */
export function readSetting(key: string, value: string, soFar: RelayConf): Partial<RelayConf> | undefined {
  return SETTINGS.get(key)?.(value, soFar);
}

/** Max bytes of a realm in coturn, which cuts off the rest. */
const COTURN_REALM_BYTES = 127;

/** A warning if coturn accepts the line too but reads it differently. */
export function coturnDifference(key: string, value: string): string | undefined {
  if (key === 'realm' && Buffer.byteLength(value) > COTURN_REALM_BYTES) {
    return `realm: coturn uses only its first ${COTURN_REALM_BYTES} bytes, so the two would differ`;
  }
  if (key === 'use-auth-secret' && !onOff(value)) {
    return 'use-auth-secret: off here, but coturn turns it on whatever the value';
  }
  if ((key === 'denied-peer-ip' || key === 'allowed-peer-ip') && value.includes('/')) {
    return `${key}: coturn doesn't read prefixes and ignores this line; write a range instead`;
  }
  return undefined;
}

type Read = (value: string, soFar: RelayConf) => Partial<RelayConf>;

const COUNT = [0, 1_000_000] as const;
const RATE = [0, Number.MAX_SAFE_INTEGER] as const;
/** Seconds, as an int in coturn. */
const LIFETIME = [1, 2 ** 31 - 1] as const;
const PEM = 'the path of a PEM file';
/** Seconds that coturn uses for these keys without a value, and for a max-allocate-lifetime of 0. */
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
  ['pkey-pwd', (value) => ({ pkeyPassword: some(value, "the key's password") })],
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

/** @param whenEmpty the value of a key without one */
function seconds(value: string, whenEmpty: number, min: number = LIFETIME[0]): number {
  return value === '' ? whenEmpty : whole(value, min, LIFETIME[1]);
}
