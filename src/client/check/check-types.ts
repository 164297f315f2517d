/** What `checkConnection` checks: the way to the server, the ways that media can take, and media itself. */
export type ConnectionCheckName =
  /** A request to the server. */
  | 'http'
  /** A WebSocket to the server, which proxies may not let through. */
  | 'webSocket'
  /** The STUN server, which a direct path behind a router needs. */
  | 'stun'
  /** The TURN relay over UDP, TCP and TLS, each on its own. */
  | 'turnUdp'
  | 'turnTcp'
  | 'turnTls'
  /** Data to oneself through the relay, by the best transport that works. */
  | 'loopback';

/** Why a check failed or was skipped. */
export type ConnectionCheckReason =
  /** No answer in time. */
  | 'timeout'
  /** The address can't be reached. */
  | 'unreachable'
  /** There was an answer, and it was no. */
  | 'refused'
  /** Too many others test just now, or this network has tested too often. */
  | 'busy'
  /** The server has no such thing. */
  | 'not_offered'
  /** This browser or runtime has no WebRTC or WebSocket. */
  | 'unsupported'
  /** Something else that it needs had failed before. */
  | 'needs_another';

/** The result of one check. */
export interface ConnectionCheck {
  readonly name: ConnectionCheckName;
  readonly status: 'running' | 'ok' | 'poor' | 'failed' | 'skipped';
  /** null if it is running, ok or poor. */
  readonly reason: ConnectionCheckReason | null;
  /**
   * Milliseconds of a round trip to the server (`http`) or through the relay (`loopback`), of connecting (`webSocket`), or until
   * the server's answer (the others); null without one.
   */
  readonly ms: number | null;
  /** What `loopback` has measured so far; null for the others, and before it. */
  readonly loop: ConnectionLoop | null;
}

/** Data that went through the relay and came back. */
export interface ConnectionLoop {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Received per second, of 640 that are sent. */
  readonly kbitPerSecond: number;
  /** 0 to 100. */
  readonly lossPercent: number;
  /** kbit/s of each half second. */
  readonly history: readonly number[];
}

/**
 * The results in a word, the worst first:
 * - `no_server`, `no_web_socket`: calls can't even begin.
 * - `no_path`: neither STUN nor the relay answers, so media reaches nobody outside of this network.
 * - `relay_down`: the relay doesn't answer. Calls work as long as a direct path exists.
 * - `tcp_only`: the relay is reached by TCP or TLS only, which makes pictures stutter.
 * - `lossy`, `slow`: it works, but more than 3 % is lost, or it is late or thin.
 * - `no_relay`: this server offers none. Calls work as long as a direct path exists.
 * - `unknown`: the checks were not allowed or not possible.
 * - `good`.
 */
export type ConnectionVerdict =
  | 'good'
  | 'unknown'
  | 'no_relay'
  | 'slow'
  | 'lossy'
  | 'tcp_only'
  | 'relay_down'
  | 'no_path'
  | 'no_web_socket'
  | 'no_server';

/** What `checkConnection` has found. */
export interface ConnectionReport {
  readonly verdict: ConnectionVerdict;
  /** In the order of `ConnectionCheckName`, those that were asked for. */
  readonly checks: readonly ConnectionCheck[];
}

export interface ConnectionCheckOptions {
  /** The server's origin; default: the page's own. */
  readonly baseUrl?: string | undefined;
  /** Default: all. Without `loopback` it takes about a second if all is well. */
  readonly checks?: readonly ConnectionCheckName[] | undefined;
  /** Max milliseconds of each check but `loopback`; default 8,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for which data goes through the relay; default 5,000. The relay gives 30 s at most. */
  readonly loopbackMs?: number | undefined;
  /** Called when a check begins and ends, and twice a second while the loopback runs. */
  readonly onCheck?: ((check: ConnectionCheck) => void) | undefined;
  /** Gives up when it is aborted: `checkConnection` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
