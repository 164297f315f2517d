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
  /** Permissions, channels, reservations or connections above their bound. */
  'bounds',
  /** Bytes a second, of one allocation or in all. */
  'bandwidth',
  /** More waits to leave by a socket or to be read by a connection than may. */
  'congestion',
  /** The process has too few descriptors left for another relay socket. */
  'descriptors',
  /** The kernel refused to send it: no route, or a firewall's rule. */
  'refused',
  /** No relay port could be had. */
  'ports',
  'malformed',
  /** Larger than a datagram, or a message to that client, can be. */
  'size',
  /** An exception in the relay's own code; the log has it. */
  'fault',
] as const;
export type Denial = (typeof DENIALS)[number];

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
  /** Requests that met 401 or 438, answered or not. */
  readonly unauthorized: number;
  /** Messages of strangers and requests of clients that were not answered, being over the rate. */
  readonly unanswered: number;
  readonly denials: Readonly<Record<Denial, number>>;
}

/** The counters as they run: plain fields, since the hot path adds to them for every packet. */
export class Counters {
  allocationsMade = 0;
  packetsUp = 0;
  bytesUp = 0;
  packetsDown = 0;
  bytesDown = 0;
  packetsInside = 0;
  bindings = 0;
  unauthorized = 0;
  unanswered = 0;
  readonly denials: Record<Denial, number> = {
    credentials: 0,
    revoked: 0,
    peer: 0,
    permission: 0,
    user_quota: 0,
    total_quota: 0,
    bounds: 0,
    bandwidth: 0,
    congestion: 0,
    descriptors: 0,
    refused: 0,
    ports: 0,
    malformed: 0,
    size: 0,
    fault: 0,
  };

  /** The kernel refused a datagram to a peer, with so many bytes of data, after it was counted. */
  refusedUp(length: number): void {
    this.denials.refused++;
    this.packetsUp--;
    this.bytesUp -= length;
  }

  /** The same toward a client; `length` -1: an answer, which was not counted. */
  refusedDown(length: number): void {
    this.denials.refused++;
    if (length < 0) return;
    this.packetsDown--;
    this.bytesDown -= length;
  }

  snapshot(allocations: number, connections: number): RelayStats {
    const { denials, allocationsMade, packetsUp, bytesUp, packetsDown, bytesDown } = this;
    const { packetsInside, bindings, unauthorized, unanswered } = this;
    return {
      allocations,
      connections,
      allocationsMade,
      packetsUp,
      bytesUp,
      packetsDown,
      bytesDown,
      packetsInside,
      bindings,
      unauthorized,
      unanswered,
      denials: { ...denials },
    };
  }
}
