import type { AddressRange } from '../codec/addresses.ts';

/**
 * `external-ip`: the address that peers see, and the address of ours that stands behind it where a NAT is between. Either
 * may be a host name: `HostNames` finds its address.
 */
export interface ExternalIp {
  readonly publicAddress: string;
  /** undefined: the one public address of every relay address of its family. */
  readonly privateAddress: string | undefined;
}

/**
 * What the relay acts on of `turnserver.conf`, under coturn's names in camel case. `turnserver-conf.ts` reads the
 * file into it; everything else in `turn/` only reads it. Lifetimes are in seconds and rates in bytes a second, as
 * in the file; 0 in a quota or rate means no bound.
 */
export interface RelayConf {
  readonly listeningPort: number;
  readonly tlsListeningPort: number;
  /** Addresses or host names; empty: all addresses of this machine. */
  readonly listeningIps: readonly string[];
  /** Where relay sockets are bound; empty: the listening addresses. The first of each family is used. */
  readonly relayIps: readonly string[];
  readonly externalIps: readonly ExternalIp[];
  /** Ports of relay sockets, both ends included. */
  readonly minPort: number;
  readonly maxPort: number;
  /** Mostly a host name. A 401 is larger than 2.5 times its question by what exceeds `REALM_BYTES`. */
  readonly realm: string;
  /** `use-auth-secret`: user names of the TURN REST convention. */
  readonly useAuthSecret: boolean;
  /** `static-auth-secret`: any of them opens; several while one is being replaced. */
  readonly staticAuthSecrets: readonly string[];
  /** `lt-cred-mech`: said by the file, and implied by each of the users below, who may enter either way. */
  readonly ltCredMech: boolean;
  /** `user=name:password`, or `user=name:0x<hex of MD5(name:realm:password)>`. */
  readonly users: ReadonlyMap<string, UserSecret>;
  /** Allocations of one user: of one peerId, for user names of the REST convention. */
  readonly userQuota: number;
  /** Allocations in all. */
  readonly totalQuota: number;
  /** Bytes a second of one allocation, or of one user, each direction counted by itself. */
  readonly maxBps: number;
  /** `maxBps` is for all allocations of a user together: so by default; the file's max-bps is for each, as in coturn. */
  readonly maxBpsOfUser: boolean;
  /** Bytes a second of all allocations together, each direction counted by itself; users get fair shares of it. */
  readonly bpsCapacity: number;
  readonly deniedPeers: readonly AddressRange[];
  /** Goes before `deniedPeers` and before what is denied by default, loopback aside. */
  readonly allowedPeers: readonly AddressRange[];
  /** Unsafe outside a developer's machine: opens everything that listens on 127.0.0.1 to every user. */
  readonly allowLoopbackPeers: boolean;
  /** Multicast is denied by default; with this it stays so whatever `allowedPeers` says. */
  readonly noMulticastPeers: boolean;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly tls: boolean;
  /** Paths of PEM files; both or neither. */
  readonly cert: string | undefined;
  readonly pkey: string | undefined;
  /** `pkey-pwd`: opens an encrypted key. */
  readonly pkeyPassword: string | undefined;
  /** Seconds that a nonce is good for; 0: as long as the relay runs. */
  readonly staleNonce: number;
  readonly maxAllocateLifetime: number;
  readonly channelLifetime: number;
  readonly permissionLifetime: number;
  /** FINGERPRINT on every answer, also where the request had none. */
  readonly fingerprint: boolean;
  readonly verbose: boolean;
}

export type UserSecret =
  | { readonly kind: 'password'; readonly password: string }
  /** 16 bytes: MD5(name:realm:password). */
  | { readonly kind: 'key'; readonly key: Buffer };

/** Bytes of a realm with which a 401 stays within 2.5 times a browser's first Allocate; a longer one adds its own. */
export const REALM_BYTES = 16;
/** RFC 8489 §14.9: fewer than 128 characters, which can be as long as 763 bytes. */
export const REALM_CHARACTERS = 127;
export const REALM_MOST_BYTES = 763;

/** Where coturn's keys are not set. */
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
  // 24 calls of eight whose people use all that `userQuota` is made for; half of the default ports.
  totalQuota: 8_192,
  // A call of eight, all of it relayed: seven peers with 5.7 Mbit/s each, the most that browsers send of one camera (2.5) and
  // of one screen (2.5), with audio and headers.
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
