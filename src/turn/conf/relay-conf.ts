import type { AddressRange } from '../codec/addresses.ts';

/** `external-ip`: the address that peers see and, behind a NAT, the address of this machine. Either may be a host name. */
export interface ExternalIp {
  readonly publicAddress: string;
  /** undefined if the public address stands for every relay address of its family. */
  readonly privateAddress: string | undefined;
}

/**
 * The settings of `turnserver.conf`, under coturn's names in camel case. Lifetimes are in seconds and rates in bytes per second,
 * as in the file; a quota or rate of 0 means no limit.
 */
export interface RelayConf {
  readonly listeningPort: number;
  readonly tlsListeningPort: number;
  /** Addresses or host names; if empty, all addresses of this machine. */
  readonly listeningIps: readonly string[];
  /** Addresses of relay sockets, of which the first of each family is used; if empty, the listening addresses. */
  readonly relayIps: readonly string[];
  readonly externalIps: readonly ExternalIp[];
  /** Range of relay ports, both ends included. */
  readonly minPort: number;
  readonly maxPort: number;
  /** Usually a host name. Bytes above `REALM_BYTES` make a 401 larger than 2.5 times its request. */
  readonly realm: string;
  /** `use-auth-secret`: time-limited user names by the TURN REST convention. */
  readonly useAuthSecret: boolean;
  /** `static-auth-secret`: any of them is accepted, so that one can be replaced. */
  readonly staticAuthSecrets: readonly string[];
  /** `lt-cred-mech`. Without effect, because `users` imply it. */
  readonly ltCredMech: boolean;
  /** `user=name:password`, or `user=name:0x<hex of MD5(name:realm:password)>`. */
  readonly users: ReadonlyMap<string, UserSecret>;
  /** Max allocations of one user; for REST user names, of the name after the expiry. */
  readonly userQuota: number;
  /** Max allocations in all. */
  readonly totalQuota: number;
  /** Max bytes per second and direction of one allocation or, by `maxBpsOfUser`, of one user. */
  readonly maxBps: number;
  /** Whether `maxBps` is for all allocations of a user together, as by default. The file's `max-bps` is for each, as in coturn. */
  readonly maxBpsOfUser: boolean;
  /** Max bytes per second and direction of all allocations together, shared fairly among users. */
  readonly bpsCapacity: number;
  readonly deniedPeers: readonly AddressRange[];
  /** Overrides `deniedPeers` and the peers denied by default, except loopback. */
  readonly allowedPeers: readonly AddressRange[];
  /** Lets every user reach everything that listens on 127.0.0.1: unsafe except on a developer's machine. */
  readonly allowLoopbackPeers: boolean;
  /** Denies multicast, which is denied by default, even if it is in `allowedPeers`. */
  readonly noMulticastPeers: boolean;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly tls: boolean;
  /** Paths of PEM files; either both are set or neither. */
  readonly cert: string | undefined;
  readonly pkey: string | undefined;
  /** `pkey-pwd`: password of an encrypted key. */
  readonly pkeyPassword: string | undefined;
  /** Seconds until a nonce is stale; 0: never. */
  readonly staleNonce: number;
  readonly maxAllocateLifetime: number;
  readonly channelLifetime: number;
  readonly permissionLifetime: number;
  /** Whether responses have a FINGERPRINT even if the request has none. */
  readonly fingerprint: boolean;
  readonly verbose: boolean;
}

export type UserSecret =
  | { readonly kind: 'password'; readonly password: string }
  /** 16 bytes: MD5(name:realm:password). */
  | { readonly kind: 'key'; readonly key: Buffer };

/** Max bytes of a realm with which a 401 stays within 2.5 times a browser's first Allocate. */
export const REALM_BYTES = 16;
/** RFC 8489 §14.9: a realm has fewer than 128 characters, which are at most 763 bytes. */
export const MAX_REALM_CHARACTERS = 127;
export const MAX_REALM_BYTES = 763;

/** Values of keys that the file doesn't set. */
export const RELAY_CONF_DEFAULTS: RelayConf = Object.freeze({
  listeningPort: 3478,
  tlsListeningPort: 5349,
  listeningIps: [],
  relayIps: [],
  externalIps: [],
  minPort: 49_152,
  maxPort: 65_535,
  realm: 'parley',
  useAuthSecret: true,
  staticAuthSecrets: [],
  ltCredMech: false,
  users: new Map(),
  userQuota: 48,
  // 24 calls of eight in which everyone uses all of `userQuota`; half of the default ports.
  totalQuota: 8_192,
  // A fully relayed call of eight: 5.7 Mbit/s to each of seven peers, the max that browsers send for a camera (2.5) and a
  // screen (2.5), plus audio and headers.
  maxBps: 5_000_000,
  maxBpsOfUser: true,
  bpsCapacity: 0,
  deniedPeers: [],
  allowedPeers: [],
  allowLoopbackPeers: false,
  noMulticastPeers: false,
  udp: true,
  tcp: true,
  tls: true,
  cert: undefined,
  pkey: undefined,
  pkeyPassword: undefined,
  staleNonce: 600,
  maxAllocateLifetime: 3600,
  channelLifetime: 600,
  permissionLifetime: 300,
  fingerprint: false,
  verbose: false,
});
