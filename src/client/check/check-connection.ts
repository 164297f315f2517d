import * as v from 'valibot';
import { IceServersReply } from '../../protocol/bodies.ts';
import type { IceServer } from '../../protocol/fields.ts';
import { originOf, send } from '../http.ts';
import { browserClock, type Clock } from '../signaling/clock.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type {
  ConnectionCheck,
  ConnectionCheckName,
  ConnectionCheckOptions,
  ConnectionCheckReason,
  ConnectionReport,
} from './check-types.ts';
import { type Finding, probeIce } from './ice-probe.ts';
import { runLoopback } from './loopback.ts';
import { probeHttp, probeWebSocket, reasonOf, type SocketConstructor } from './server-probe.ts';
import { LOSSY_PERCENT, SLOW_MS, THIN_KBITS, verdictOf } from './verdict.ts';

/** All checks, in the order in which they are made. */
export const CONNECTION_CHECKS = [
  'http',
  'webSocket',
  'stun',
  'turnUdp',
  'turnTcp',
  'turnTls',
  'loopback',
] as const satisfies readonly ConnectionCheckName[];
/** The relay's transports by what makes a URL one of them; the best comes first. */
const TRANSPORTS = [
  ['turnUdp', 'udp', (url: string) => /^turn:/.test(url) && !/transport=tcp/.test(url)],
  ['turnTcp', 'tcp', (url: string) => /^turn:.*transport=tcp/.test(url)],
  ['turnTls', 'tls', (url: string) => url.startsWith('turns:')],
] as const;
const TIMEOUT_MS = 8_000;
const LOOPBACK_MS = { default: 5_000, max: 30_000 } as const;

/** What the checks need of the world; tests pass their own. */
export interface CheckDeps {
  readonly clock: Clock;
  readonly openPeer: ((configuration: RTCConfiguration) => RTCPeerConnection) | undefined;
  readonly WebSocket: SocketConstructor | undefined;
  readonly askHealth: () => Promise<unknown>;
  readonly askServers: () => Promise<readonly IceServer[]>;
}

/**
 * Checks whether calls will work from here: the way to the server, STUN, the TURN relay over each transport, and data through
 * the relay. It needs no account, asks for no permission, and touches no call. Each check has a deadline; those that can't be
 * made are skipped, so it rejects only if `signal` is aborted. A network address can have ten of these a minute: beyond, STUN and
 * relay are skipped.
 * @example
 * const { verdict, checks } = await checkConnection({ baseUrl, onCheck: ({ name, status }) => console.log(name, status) });
 * if (verdict !== 'good') console.log('calls may suffer:', verdict, checks);
 */
export function checkConnection(options: ConnectionCheckOptions = {}): Promise<ConnectionReport> {
  const baseUrl = originOf(options.baseUrl);
  const { signal } = options;
  const Peer = globalThis.RTCPeerConnection as typeof RTCPeerConnection | undefined;
  return runChecks(baseUrl, options, {
    clock: browserClock,
    openPeer: Peer && ((configuration) => new Peer(configuration)),
    WebSocket: globalThis.WebSocket,
    askHealth: () => send(baseUrl, 'GET /health', v.object({ status: v.literal('ok') }), { signal }),
    askServers: async () =>
      (await send(baseUrl, 'GET /ice-servers', IceServersReply, { query: { for: 'test' }, signal }))
        .iceServers,
  });
}

export async function runChecks(
  baseUrl: string,
  options: ConnectionCheckOptions,
  deps: CheckDeps,
): Promise<ConnectionReport> {
  const peers = new Set<RTCPeerConnection>();
  try {
    return await unlessAborted(options.signal, () => new Checks(baseUrl, options, deps, peers).run());
  } finally {
    for (const peer of peers) peer.close();
  }
}

class Checks {
  readonly #baseUrl: string;
  readonly #options: ConnectionCheckOptions;
  readonly #deps: CheckDeps;
  readonly #peers: Set<RTCPeerConnection>;
  readonly #names: ReadonlySet<ConnectionCheckName>;
  readonly #timeoutMs: number;
  readonly #results = new Map<ConnectionCheckName, ConnectionCheck>();

  constructor(
    baseUrl: string,
    options: ConnectionCheckOptions,
    deps: CheckDeps,
    peers: Set<RTCPeerConnection>,
  ) {
    this.#baseUrl = baseUrl;
    this.#options = options;
    this.#deps = deps;
    this.#peers = peers;
    this.#names = new Set(options.checks ?? CONNECTION_CHECKS);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  async run(): Promise<ConnectionReport> {
    const { clock, askHealth, WebSocket } = this.#deps;
    await Promise.all([
      this.#check('http', () => this.#inTime(probeHttp(askHealth, clock))).then(() =>
        // After the other, so that its time isn't that of opening the connection, too.
        this.#check('webSocket', () =>
          probeWebSocket(`${this.#baseUrl.replace(/^http/, 'ws')}/ws`, WebSocket, {
            clock,
            timeoutMs: this.#timeoutMs,
          }),
        ),
      ),
      this.#checkPaths(),
    ]);
    const checks = CONNECTION_CHECKS.flatMap((name) => this.#results.get(name) ?? []);
    return { verdict: verdictOf(checks), checks };
  }

  async #checkPaths(): Promise<void> {
    const { servers, missing } = await this.#askServers();
    const turn = new Map(TRANSPORTS.map(([name, , fits]) => [name, urlsOf(servers, fits)]));
    const stun = urlsOf(servers, (url) => url.startsWith('stun:'));
    await Promise.all([
      this.#check('stun', () => this.#probe(stun, 'srflx', missing)),
      ...TRANSPORTS.map(([name]) =>
        this.#check(name, () => this.#probe(turn.get(name) ?? [], 'relay', missing)),
      ),
    ]);
    await this.#loop(turn);
  }

  /** The servers to try. `missing`: why those are skipped that aren't among them. */
  async #askServers(): Promise<{ servers: readonly IceServer[]; missing: ConnectionCheckReason }> {
    if (![...this.#names].some((name) => name !== 'http' && name !== 'webSocket')) {
      return { servers: [], missing: 'not_offered' };
    }
    if (this.#deps.openPeer === undefined) return { servers: [], missing: 'unsupported' };
    try {
      return { servers: await this.#deps.askServers(), missing: 'not_offered' };
    } catch (error) {
      return { servers: [], missing: reasonOf(error) };
    }
  }

  async #probe(
    servers: readonly IceServer[],
    proof: 'srflx' | 'relay',
    missing: ConnectionCheckReason,
  ): Promise<Finding> {
    if (servers.length === 0) return { status: 'skipped', reason: missing };
    const peer = this.#open(servers, proof === 'relay');
    return probeIce({ peer, proof, clock: this.#deps.clock, timeoutMs: this.#timeoutMs });
  }

  async #loop(turn: ReadonlyMap<ConnectionCheckName, readonly IceServer[]>): Promise<void> {
    if (!this.#names.has('loopback')) return;
    const best = TRANSPORTS.find(([name]) => this.#results.get(name)?.status === 'ok');
    if (best === undefined) return this.#note('loopback', { status: 'skipped', reason: 'needs_another' });
    const [name, transport] = best;
    this.#note('loopback', { status: 'running' });
    const result = await runLoopback({
      open: () => this.#open(turn.get(name) ?? [], true),
      clock: this.#deps.clock,
      timeoutMs: this.#timeoutMs,
      durationMs: Math.min(this.#options.loopbackMs ?? LOOPBACK_MS.default, LOOPBACK_MS.max),
      onSample: (state) => this.#note('loopback', { status: 'running', loop: { transport, ...state } }),
    });
    if ('reason' in result) return this.#note('loopback', { status: 'failed', reason: result.reason });
    const { ms, ...state } = result;
    const poor = state.lossPercent > LOSSY_PERCENT || state.kbitPerSecond < THIN_KBITS || ms > SLOW_MS;
    this.#note('loopback', { status: poor ? 'poor' : 'ok', ms, loop: { transport, ...state } });
  }

  #open(servers: readonly IceServer[], relayOnly: boolean): RTCPeerConnection {
    const { openPeer } = this.#deps;
    if (openPeer === undefined) throw new TypeError('There is no WebRTC.');
    const iceServers = servers.map(({ urls, username, credential }) =>
      username === undefined || credential === undefined ? { urls } : { urls, username, credential },
    );
    const peer = openPeer({ iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all' });
    this.#peers.add(peer);
    return peer;
  }

  async #check(name: ConnectionCheckName, probe: () => Promise<Finding>): Promise<void> {
    if (!this.#names.has(name)) return;
    this.#note(name, { status: 'running' });
    // A browser that refuses a URL throws.
    const finding = await probe().catch((): Finding => ({ status: 'failed', reason: 'refused' }));
    const slow = name === 'http' && finding.status === 'ok' && finding.ms > SLOW_MS;
    this.#note(name, slow ? { ...finding, status: 'poor' } : finding);
  }

  async #inTime(probe: Promise<Finding>): Promise<Finding> {
    let cancel = (): void => {};
    const late = new Promise<Finding>((resolve) => {
      cancel = this.#deps.clock.after(this.#timeoutMs, () =>
        resolve({ status: 'failed', reason: 'timeout' }),
      );
    });
    return Promise.race([probe, late]).finally(cancel);
  }

  #note(name: ConnectionCheckName, change: Partial<ConnectionCheck> & Pick<ConnectionCheck, 'status'>): void {
    const check = { name, reason: null, ms: null, loop: null, ...change };
    this.#results.set(name, check);
    if (this.#options.signal?.aborted !== true) this.#options.onCheck?.(check);
  }
}

/** Returns the servers with only those of their URLs that fit. */
function urlsOf(servers: readonly IceServer[], fits: (url: string) => boolean): readonly IceServer[] {
  return servers.flatMap((server) => {
    const urls = [server.urls].flat().filter(fits);
    return urls.length === 0 ? [] : [{ ...server, urls }];
  });
}
