/** Counted since the engine was made, `allocations` and `connections` aside, which are of this moment. */
export interface RelayStats {
  readonly allocations: number;
  /** Client connections by TCP and TLS. */
  readonly connections: number;
  readonly allocationsMade: number;
  /** From clients to peers. */
  readonly packetsUp: number;
  readonly bytesUp: number;
  /** From peers to clients. */
  readonly packetsDown: number;
  readonly bytesDown: number;
  /** Of those, handed over in memory between two clients of this relay (each counted up and down). */
  readonly packetsInside: number;
  readonly bindings: number;
  /** 401 and 438 that were sent. */
  readonly unauthorized: number;
  /** Answers to strangers that were not sent, being over the rate. */
  readonly unanswered: number;
  readonly denials: Readonly<Record<Denial, number>>;
}

/** Why something was refused or dropped. */
export const DENIALS = [
  /** Wrong or expired credentials. */
  'credentials',
  'revoked',
  /** Peer address refused by policy: 403, or a Send that was dropped. */
  'peer',
  /** No permission or no channel for the packet. */
  'permission',
  'user_quota',
  'total_quota',
  /** Permissions, channels or reservations of one allocation. */
  'bounds',
  /** Bytes a second, of one allocation or in all. */
  'bandwidth',
  /** No relay port could be had. */
  'ports',
  'malformed',
] as const;
export type Denial = (typeof DENIALS)[number];
