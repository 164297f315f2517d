/** Reasons for which the relay refuses a request or drops a packet. */
export const DENIALS = [
  /** Wrong or expired credentials. */
  'credentials',
  'revoked',
  /** Peer address denied by the policy: 403, or a dropped Send or ChannelData. */
  'peer',
  /** No permission or channel for the packet. */
  'permission',
  'user_quota',
  'total_quota',
  /** Too many permissions, channels, reservations or connections. */
  'bounds',
  /** Too many bytes per second, of one allocation, one user or in all. */
  'bandwidth',
  /** A socket's send queue or a connection's write buffer is full. */
  'congestion',
  /** Too few file descriptors are left in the process for another relay socket. */
  'descriptors',
  /** The kernel refused to send it: no route, or a firewall forbids it. */
  'refused',
  /** No relay port is available. */
  'ports',
  'malformed',
  /** Larger than a datagram, or than a message to that client, can be. */
  'size',
  /** An exception in the relay's own code, see the log. */
  'fault',
] as const;
export type Denial = (typeof DENIALS)[number];

/** Counts since the engine was created, except `allocations` and `connections`, which are current. */
export interface RelayStats {
  readonly allocations: number;
  /** TCP and TLS connections of clients. */
  readonly connections: number;
  readonly allocationsMade: number;
  /** From clients to peers. */
  readonly packetsUp: number;
  readonly bytesUp: number;
  /** From peers to clients. */
  readonly packetsDown: number;
  readonly bytesDown: number;
  /** Of those, handed over in memory between two clients of this relay; each counts once up and once down. */
  readonly packetsInside: number;
  readonly bindings: number;
  /** Requests refused with 401 or 438, whether or not the response was sent. */
  readonly unauthorized: number;
  /** Requests that were dropped because their sender exceeded a rate limit. */
  readonly unanswered: number;
  readonly denials: Readonly<Record<Denial, number>>;
}

/** Running counters, as plain fields because the hot path increments them per packet. */
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

  /** The kernel refused a datagram to a peer after it was counted as relayed. @param length bytes of data */
  sendToPeerFailed(length: number): void {
    this.denials.refused++;
    this.packetsUp--;
    this.bytesUp -= length;
  }

  /** The kernel refused a datagram to a client. @param length bytes of data; -1 for a response, which isn't counted */
  sendToClientFailed(length: number): void {
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
